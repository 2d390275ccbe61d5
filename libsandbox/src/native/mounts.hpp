// SPDX-License-Identifier: Apache-2.0
//
// What is mounted in this process's namespace.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sandbox::native {

struct Mount {
  std::string id;
  std::string device; // "8:1"
  std::string root;   // in its file system
  std::string point;
  std::string type;
  std::string options; // of the file system
};

/// From the text of /proc/self/mountinfo (proc(5)); lines that are none are left out.
std::vector<Mount> parse_mounts(std::string_view mountinfo);

/// Throws Error.
std::vector<Mount> read_mounts();

} // namespace sandbox::native
