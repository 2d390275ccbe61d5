// SPDX-License-Identifier: Apache-2.0
#include "native/control_groups.hpp"

#include <algorithm>
#include <cmath>

namespace sandbox::native {

std::unique_ptr<ControlGroups> ControlGroups::find(const std::string& parent) {
  const Hierarchies hierarchies = find_hierarchies(read_mounts());
  return hierarchies.v2_in_use ? make_v2(*hierarchies.v2, parent) : make_v1(hierarchies, parent);
}

std::uint64_t quota_us(double cores) {
  constexpr double shortest_us = 1000; // the kernel's
  return static_cast<std::uint64_t>(
      std::max(shortest_us, std::round(cores * static_cast<double>(quota_period_us))));
}

} // namespace sandbox::native
