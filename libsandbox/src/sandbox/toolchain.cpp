// SPDX-License-Identifier: Apache-2.0
#include "sandbox/toolchain.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

namespace sandbox {
void require_toolchain(const Recipe& recipe) {
  const std::vector<std::string> missing = missing_executables(recipe);
  if (!missing.empty()) {
    throw Error(ErrorCode::not_found, fmt::format("language {}", recipe.id),
                fmt::format("{} is not on this host", fmt::join(missing, ", ")),
                fmt::format("apt-get install {}", fmt::join(recipe.debian_packages, " ")));
  }
}

} // namespace sandbox
