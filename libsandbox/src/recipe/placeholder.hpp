// SPDX-License-Identifier: Apache-2.0
//
// {source}, {memory_mib*3/4} and their like in argv and environment of a recipe.
#pragma once

#include <sandbox/recipe.hpp>

#include <string>
#include <string_view>

namespace sandbox::recipe {

/// {sources} and {args} become several elements and stand alone.
inline constexpr std::string_view sources_placeholder = "{sources}";
inline constexpr std::string_view args_placeholder = "{args}";

/// `text` with its placeholders replaced. Throws Error(invalid_argument) for one that is unknown or
/// wrong.
std::string replace_placeholders(std::string_view text, const ExpansionJob& job);

/// Throws as replace_placeholders would for a job of a recipe with this artifact, by the default
/// limits.
void check_placeholders(std::string_view text, std::string_view artifact, bool may_stand_alone);

} // namespace sandbox::recipe
