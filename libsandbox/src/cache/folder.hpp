// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace sandbox::cache {

/// A file that is removed unless it takes its name.
class TemporaryFile {
 public:
  /// Throws Error.
  explicit TemporaryFile(int folder);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  int get() const noexcept { return file_.get(); }
  /// Takes the room for that many bytes, where the file system can. Throws Error.
  void reserve(std::uint64_t size);
  /// In place of one that has the name.
  void rename(const std::string& name);

 private:
  int folder_;
  std::string name_;
  os::Fd file_;
};

/// The cache's folder, opened for one use: whoever removes it meanwhile takes nothing from the
/// next.
class Folder {
 public:
  /// Makes it when it is not there. Throws Error; Error(unsupported) for one that belongs to
  /// somebody else or that others may write to.
  explicit Folder(const std::filesystem::path& path);

  int get() const noexcept { return fd_.get(); }
  /// An entry for reading; an empty Fd when there is none. Throws Error.
  os::Fd open_entry(const std::string& key) const;
  void remove_entry(const std::string& key) const noexcept;

 private:
  os::Fd fd_;
};

/// Whether a file of this name is an entry, or one that was never finished.
bool is_entry_name(std::string_view name) noexcept;
bool is_temporary_name(std::string_view name) noexcept;

} // namespace sandbox::cache
