// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/recipe.hpp>

namespace sandbox {

/// Backend::open(); where the recipe's image is missing and has a Dockerfile, the error's remedy is
/// to build it.
std::unique_ptr<Session> open_box(Backend& backend, const Environment& environment,
                                  const Recipe& recipe);

} // namespace sandbox
