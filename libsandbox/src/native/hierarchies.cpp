// SPDX-License-Identifier: Apache-2.0
#include "native/hierarchies.hpp"

#include <sstream>
#include <vector>

namespace sandbox::native {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream{std::string(text)};
  for (std::string part; std::getline(stream, part, separator);) {
    parts.push_back(part);
  }
  return parts;
}

} // namespace

Hierarchies find_hierarchies(const std::vector<Mount>& mounts) {
  Hierarchies found;
  for (const Mount& mount : mounts) {
    if (mount.type == "cgroup2" && !found.v2) {
      found.v2 = mount.point;
    } else if (mount.type == "cgroup") {
      for (const std::string& option : split(mount.options, ',')) {
        found.v1.try_emplace(option, mount.point);
      }
    }
  }
  found.v2_in_use = found.v2.has_value() && !found.v1.contains("memory");
  return found;
}

std::string parse_own_group(std::string_view text) {
  for (const std::string& line : split(text, '\n')) {
    if (line.starts_with("0::")) {
      return line.substr(3);
    }
  }
  return {};
}

} // namespace sandbox::native
