// SPDX-License-Identifier: Apache-2.0
#include "common/memory.hpp"

#include "common/file.hpp"

#include <unistd.h>

#include <sstream>

namespace common {

std::size_t resident_bytes(const std::string& process) {
  std::istringstream statm(read_file("/proc/" + process + "/statm"));
  std::size_t size = 0;
  std::size_t resident = 0;
  statm >> size >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

} // namespace common
