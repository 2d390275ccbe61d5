// SPDX-License-Identifier: Apache-2.0
#include "common/mounts.hpp"

#include "common/file.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace common {
namespace {

/// Engines' containers, and the folders of the engines that tests start; as in
/// tests/cli/harness.py.
constexpr const char* others[] = {
    "/overlay2/",   "/containers/",   "/runtime-runc/",      " - nsfs ",
    " /run/netns ", "/build/engine/", "/libsandbox-engine-", "/worker-engine-",
};

} // namespace

std::vector<std::string> own_mounts() {
  std::istringstream lines(read_file("/proc/self/mountinfo"));
  std::vector<std::string> kept;
  for (std::string line; std::getline(lines, line);) {
    const bool is_others =
        std::any_of(std::begin(others), std::end(others),
                    [&line](const char* mark) { return line.find(mark) != std::string::npos; });
    if (!is_others) {
      kept.push_back(line.substr(line.find(' ')));
    }
  }
  return kept;
}

} // namespace common
