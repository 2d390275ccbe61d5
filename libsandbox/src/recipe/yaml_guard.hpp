// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sandbox::recipe {

/// Refuses, before a tree is built, what a recipe never needs and a parser can be hurt with: more
/// than 256 KiB, NUL bytes, bytes that are not UTF-8, deep nesting, anchors, aliases, tags, merge
/// keys, several documents. Throws ConfigError with the place.
void guard_yaml(std::string_view text, const std::string& file_name);

} // namespace sandbox::recipe
