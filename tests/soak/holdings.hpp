// SPDX-License-Identifier: Apache-2.0
//
// What this process holds, and what of it is on the host.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace soak {

struct Holdings {
  std::size_t rss_bytes{0};
  std::size_t descriptors{0};
  std::size_t threads{0};
  std::size_t processes{0}; // descendants of ours
  std::size_t mounts{0};    // in our own namespace
  std::size_t groups{0};    // below our parent group
};

/// `cgroup_parent` as in NativeOptions.
Holdings holdings(const std::string& cgroup_parent);

/// The parent group itself in each hierarchy that has it.
std::vector<std::string> parent_groups(const std::string& cgroup_parent);

} // namespace soak
