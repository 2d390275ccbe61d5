// SPDX-License-Identifier: Apache-2.0
//
// A folder for as long as a test needs it.
#pragma once

#include <filesystem>
#include <string>

namespace common {

class TemporaryFolder {
 public:
  /// `mode` in place of 0700; `parent` in place of the usual folder. Throws std::runtime_error.
  explicit TemporaryFolder(
      const std::string& purpose, unsigned mode = 0700,
      const std::filesystem::path& parent = std::filesystem::temp_directory_path());
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  /// Removes it with all that is in it.
  ~TemporaryFolder();

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

} // namespace common
