// SPDX-License-Identifier: Apache-2.0
//
// Where this host keeps its control groups.
#pragma once

#include "native/mounts.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox::native {

struct Hierarchies {
  std::map<std::string, std::string, std::less<>> v1; // controller to mount point
  std::optional<std::string> v2;                      // mount point
  bool v2_in_use{false}; // memory is not with v1, so v2 is the one to use
};

Hierarchies find_hierarchies(const std::vector<Mount>& mounts);

/// The v2 group in the text of /proc/self/cgroup: "/user.slice/..."; empty without one.
std::string parse_own_group(std::string_view text);

} // namespace sandbox::native
