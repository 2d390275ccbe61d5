// SPDX-License-Identifier: Apache-2.0
#include "common/temporary_folder.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <stdexcept>

namespace common {

TemporaryFolder::TemporaryFolder(const std::string& purpose, unsigned mode,
                                 const std::filesystem::path& parent) {
  std::string name = parent / ("sandbox-test-" + purpose + "-XXXXXX");
  if (::mkdtemp(name.data()) == nullptr || ::chmod(name.c_str(), mode) != 0) {
    throw std::runtime_error("cannot make a folder " + name);
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

} // namespace common
