// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace sandbox::recipe {

/// The known word nearest to `word`, or nothing when none is near.
std::string nearest(std::string_view word, std::span<const std::string_view> known);

} // namespace sandbox::recipe
