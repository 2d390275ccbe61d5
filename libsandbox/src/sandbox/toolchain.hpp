// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/recipe.hpp>

namespace sandbox {

/// Throws Error(not_found) that names what is missing of the recipe's executables on this host, and
/// how to get it.
void require_toolchain(const Recipe& recipe);

} // namespace sandbox
