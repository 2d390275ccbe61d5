// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "digest/sha256.hpp"

#include <sys/stat.h>

#include <array>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox::native {

/// The metadata of files, hashed: what changes a file's content, even with the same size and the
/// times set back, changes its ctime. Paths are relative to a directory's descriptor (AT_FDCWD
/// allowed), which is to stay open.
class FileRecords {
 public:
  void add(std::string_view text) { hash_.add_field(text); }
  /// A file; one that is not there as such.
  void add_file(int base, const std::string& path);
  /// What is in a directory, and so on for `levels` in all, without following links. The
  /// directory's own record is to be there before: it changes with the names in it. Throws Error;
  /// Error(unsupported) for one that a program may look into and we may not.
  void add_levels(int base, const std::string& path, unsigned levels);
  /// All that is below it. Throws Error(unsupported) when that is too much to look at.
  void add_all(int base, const std::string& path);

  /// When the youngest of them was changed last.
  const timespec& newest_change() const noexcept { return newest_; }
  digest::Digest finish() { return hash_.finish(); }

  /// Whether all are as they were. Reads no directory: one whose record is the same has the same
  /// names, if none of them was changed within the clock's tick that it was recorded in.
  bool still_hold() const noexcept;

 private:
  static constexpr unsigned most_levels = 64;
  using Status = std::array<std::uint64_t, 9>;
  struct Record {
    int base;
    std::string path;
    std::optional<Status> status; // of one that is there
  };

  static Status status_of(const struct stat& about) noexcept;
  void add_tree(int base, const std::string& path, unsigned levels, bool all);
  void add_child(int base, const std::string& path, unsigned levels, bool all);
  void add_status(int base, const std::string& path, const struct stat& about);

  digest::Sha256 hash_;
  timespec newest_{};
  std::vector<Record> records_;
};

} // namespace sandbox::native
