// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sandbox {

/// Whether `path` matches `pattern`: `*` any bytes but `/`, `**` any bytes, `?` one byte but `/`,
/// `[a-z]` and `[!a-z]` one byte of a set, `\` takes the next byte as it is. Takes time
/// proportional to pattern times path at most.
bool matches_glob(std::string_view pattern, std::string_view path) noexcept;

} // namespace sandbox
