// SPDX-License-Identifier: Apache-2.0
//
// The keys of a recipe beside limit_names(); languages/recipe.schema.json lists the same, and a
// test holds the two together.
#pragma once

#include <string_view>

namespace sandbox::recipe {

inline constexpr std::string_view recipe_keys[] = {
    "schema",  "id",  "title", "aliases",    "extensions", "source",  "artifact", "scratch",
    "compile", "run", "image", "dockerfile", "native",     "version", "tests"};
inline constexpr std::string_view stage_keys[] = {"argv", "env", "limits"};
inline constexpr std::string_view run_keys[] = {"argv", "env", "limits", "ahead"};
inline constexpr std::string_view native_keys[] = {"executables", "extra_paths", "debian_packages"};
inline constexpr std::string_view test_keys[] = {"name", "source", "files",   "input",
                                                 "args", "output", "verdict", "exit_code"};

} // namespace sandbox::recipe
