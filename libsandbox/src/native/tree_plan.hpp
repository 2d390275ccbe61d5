// SPDX-License-Identifier: Apache-2.0
//
// What the root of an environment's boxes is made of.
#pragma once

#include <sandbox/environment.hpp>

#include <string>
#include <utility>
#include <vector>

namespace sandbox::native {

struct TreePlan {
  bool follow_links{true};
  std::vector<std::pair<std::string, std::string>>
      binds;                        // source on the host, place in the box; read-only
  std::vector<std::string> covered; // extra paths that lie in what is bound already
  std::vector<std::pair<std::string, std::string>> links; // place, target
  std::vector<std::pair<std::string, std::string>> texts; // place, content
};

/// Looks at the host's directories. Throws Error(not_found) for a rootfs or an extra path that is
/// not there, Error(invalid_argument) for one that is not absolute.
TreePlan plan_tree(const Environment& environment);

} // namespace sandbox::native
