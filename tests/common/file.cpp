// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace common {

std::string test_file(const char* variable, const char* built) {
  const char* elsewhere = std::getenv(variable);
  return elsewhere != nullptr ? elsewhere : built;
}

std::string read_file(const std::string& path) try {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
} catch (const std::ios_base::failure&) {
  return {}; // a process may end while it is looked at
}

std::string read_program(const std::string& path) {
  std::string bytes = read_file(path);
  if (bytes.empty()) {
    throw std::runtime_error("cannot read " + path);
  }
  return bytes;
}

} // namespace common
