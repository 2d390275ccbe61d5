// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cache/entry.hpp"

#include <sandbox/cache.hpp>

#include <functional>
#include <optional>
#include <string>

namespace sandbox::cache {

/// The entries of one folder. Thread-safe, and between processes: an entry appears whole or not at
/// all, and one that is being read can be removed.
class Store {
 public:
  explicit Store(CompileCacheOptions options);

  const std::filesystem::path& folder() const noexcept { return options_.folder; }
  /// See this_machine(). Throws Error when that cannot be told.
  const std::string& machine() const;

  /// Nothing when there is none. A damaged one is removed. Throws Error, DamagedEntry among them.
  std::optional<EntryReader> find(const std::string& key) const;
  void remove(const std::string& key) const noexcept;
  /// Gets the bytes of each file of `head` in turn. Throws Error, and what `bytes_of` throws.
  void put(Head head, const std::function<std::string(const StoredFile&)>& bytes_of) const;

 private:
  CompileCacheOptions options_;
  std::string machine_;
  std::string machine_problem_;
};

} // namespace sandbox::cache
