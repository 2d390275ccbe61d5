// SPDX-License-Identifier: Apache-2.0
//
// The recipes that this worker serves.
#pragma once

#include "config.hpp"

#include <sandbox/recipe_catalog.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace worker {

class Languages {
 public:
  /// Those that the configuration names, else with the native backend those whose toolchain is on
  /// this host. Throws sandbox::Error.
  explicit Languages(const SandboxConfig& config);

  /// By id, alias or file extension; nullptr when it is not served.
  const sandbox::Recipe* find(std::string_view name) const;
  const std::set<std::string>& served() const noexcept { return served_; }

 private:
  sandbox::RecipeCatalog catalog_;
  std::set<std::string> served_;
};

} // namespace worker
