// SPDX-License-Identifier: Apache-2.0
//
// What compile stages made, kept for submissions with the same sources. docs/cache.md tells what an
// entry is found by, and what is not kept.
#pragma once

#include <sandbox/export.hpp>
#include <sandbox/limits.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>

namespace sandbox {

namespace cache {
class Store;
} // namespace cache

struct CompileCacheOptions {
  /// Where the entries lie; made when it is not there. It must be the caller's own and writable by
  /// nobody else, and is never shown to a program. Any number of processes may share it.
  std::filesystem::path folder{};

  /// Of all entries together, counted in whole blocks; those unused for longest go first.
  std::uint64_t max_bytes{1 * GiB};

  /// An entry that would be larger is not kept.
  std::uint64_t max_entry_bytes{16 * MiB};
};

/// Thread-safe. Made without touching the folder: one that cannot be used, now or later, makes runs
/// compile as without a cache, and their reports say why (StageReport::cache).
class SANDBOX_API CompileCache {
 public:
  /// Throws Error(invalid_argument) for a folder that is not named by an absolute path, and for
  /// sizes of 0.
  explicit CompileCache(CompileCacheOptions options);
  ~CompileCache();
  CompileCache(const CompileCache&) = delete;
  CompileCache& operator=(const CompileCache&) = delete;

  const CompileCacheOptions& options() const noexcept { return options_; }

 private:
  friend class Sandbox;

  CompileCacheOptions options_;
  std::unique_ptr<cache::Store> store_;
};

} // namespace sandbox
