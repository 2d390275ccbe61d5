// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "digest/sha256.hpp"

#include <sys/stat.h>

#include <ctime>
#include <string>

namespace sandbox::native {

/// The metadata of files, hashed: what changes a file's content, even with the same size and the
/// times set back, changes its ctime.
class FileRecords {
 public:
  void add(std::string_view text) { hash_.add_field(text); }
  /// A file by its path on the host; one that is not there as such.
  void add_file(int directory, const std::string& path);
  /// What is in a directory, and so on for `levels` in all, without following links. The
  /// directory's own record is to be there too: it changes with the names in it. One that we may
  /// not read is only that; a program may not read it either. Throws Error.
  void add_levels(int directory, unsigned levels) { add_tree(directory, levels, false); }
  /// All that is below it.
  void add_all(int directory) { add_tree(directory, most_levels, true); }

  /// When the youngest of them was changed last.
  const timespec& newest_change() const noexcept { return newest_; }
  digest::Digest finish() { return hash_.finish(); }

 private:
  static constexpr unsigned most_levels = 64;

  void add_tree(int directory, unsigned levels, bool all);
  void add_child(int directory, const std::string& name, unsigned levels, bool all);
  void add_status(std::string_view name, const struct stat& about);

  digest::Sha256 hash_;
  timespec newest_{};
  unsigned long files_{0};
};

} // namespace sandbox::native
