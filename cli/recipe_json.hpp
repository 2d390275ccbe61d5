// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/recipe.hpp>

#include <nlohmann/json.hpp>

namespace sandbox::cli {

/// What a program that offers languages wants to know: id, title, aliases, extensions, whether it
/// can run here.
nlohmann::ordered_json summary_json(const Recipe& recipe);
/// All of it, limits in bytes and nanoseconds, without the self-tests' sources.
nlohmann::ordered_json recipe_json(const Recipe& recipe);

} // namespace sandbox::cli
