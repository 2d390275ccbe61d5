// SPDX-License-Identifier: Apache-2.0
#include "native/hierarchies.hpp"

#include "os/file.hpp"

#include <fcntl.h>

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

Hierarchies parse_hierarchies(std::string_view mountinfo) {
  Hierarchies found;
  for (const std::string& line : split(mountinfo, '\n')) {
    const std::vector<std::string> fields = split(line, ' ');
    std::size_t dash = 6;
    while (dash < fields.size() && fields[dash] != "-") {
      ++dash;
    }
    if (dash + 3 >= fields.size()) {
      continue;
    }
    const std::string& mount_point = fields[4];
    if (fields[dash + 1] == "cgroup2" && !found.v2) {
      found.v2 = mount_point;
    } else if (fields[dash + 1] == "cgroup") {
      for (const std::string& option : split(fields[dash + 3], ',')) {
        found.v1.try_emplace(option, mount_point);
      }
    }
  }
  found.v2_in_use = found.v2.has_value() && !found.v1.contains("memory");
  return found;
}

Hierarchies find_hierarchies() {
  return parse_hierarchies(os::read_file(AT_FDCWD, "/proc/self/mountinfo"));
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
