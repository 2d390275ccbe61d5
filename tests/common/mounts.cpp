// SPDX-License-Identifier: Apache-2.0
#include "common/mounts.hpp"

#include "common/file.hpp"

#include <sstream>

namespace common {

std::vector<std::string> own_mounts() {
  std::istringstream lines(read_file("/proc/self/mountinfo"));
  std::vector<std::string> kept;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("/overlay2/") == std::string::npos && line.find("nsfs") == std::string::npos &&
        line.find("/containers/") == std::string::npos &&
        line.find(" /run/netns ") == std::string::npos &&
        line.find("/runtime-runc/") == std::string::npos) {
      kept.push_back(line.substr(line.find(' ')));
    }
  }
  return kept;
}

} // namespace common
