// SPDX-License-Identifier: Apache-2.0
//
// Where this host keeps its control groups.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox::native {

struct Hierarchies {
  std::map<std::string, std::string, std::less<>> v1; // controller to mount point
  std::optional<std::string> v2;                      // mount point
  bool v2_in_use{false}; // memory is not with v1, so v2 is the one to use
};

/// From the text of /proc/self/mountinfo (proc(5)).
Hierarchies parse_hierarchies(std::string_view mountinfo);

Hierarchies find_hierarchies();

/// The v2 group in the text of /proc/self/cgroup: "/user.slice/..."; empty without one.
std::string parse_own_group(std::string_view text);

} // namespace sandbox::native
