// SPDX-License-Identifier: Apache-2.0
//
// The keys of a recipe; languages/recipe.schema.json lists the same, and a test holds the two
// together.
#pragma once

#include <string_view>
#include <vector>

namespace sandbox::recipe {

const std::vector<std::string_view>& recipe_keys();
const std::vector<std::string_view>& stage_keys();
const std::vector<std::string_view>& limit_keys();
const std::vector<std::string_view>& native_keys();
const std::vector<std::string_view>& test_keys();

} // namespace sandbox::recipe
