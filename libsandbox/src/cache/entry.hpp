// SPDX-License-Identifier: Apache-2.0
//
// An entry of the cache, in one file: the bytes of each artefact, then a head that says what they
// are and has a digest of each, then the head's own digest. Read as other people's bytes are:
// bounded, and nothing is used that was not verified.
#pragma once

#include "digest/sha256.hpp"
#include "os/fd.hpp"

#include <sandbox/error.hpp>
#include <sandbox/report.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox::cache {

/// What is in the file is not what was written into it.
class DamagedEntry : public Error {
 public:
  explicit DamagedEntry(const std::string& what);
};

struct StoredFile {
  std::string path{};
  std::uint64_t size{0};
  bool executable{false};
  digest::Digest digest{};
};

struct Head {
  std::string key{};
  StageReport stage{}; // one that ended ok
  std::vector<StoredFile> files{};
};

std::string encode(const Head& head);
/// Throws DamagedEntry unless `bytes` are exactly one head.
Head decode(std::string_view bytes);

class EntryReader {
 public:
  /// Throws DamagedEntry; Error for what cannot be read or is larger than `max_bytes`.
  EntryReader(os::Fd file, const std::string& key, std::uint64_t max_bytes);

  const Head& head() const noexcept { return head_; }
  /// The bytes of the next file, verified; nothing after the last. Throws DamagedEntry.
  struct Content {
    const StoredFile* file;
    std::string bytes;
  };
  std::optional<Content> next();
  /// Marks it as used just now, where that is possible.
  void touch() const noexcept;

 private:
  os::Fd file_;
  Head head_;
  std::size_t next_{0};
  std::uint64_t offset_{0};
};

/// What a file with this head takes. Throws Error(unsupported) for one of too many files.
std::uint64_t entry_size(const Head& head);
/// What follows the files' bytes.
std::string encode_end(const Head& head);

} // namespace sandbox::cache
