// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace worker {

/// The text of the Lua script of this name that was embedded by the build. Throws
/// std::out_of_range.
std::string_view script(std::string_view name);

} // namespace worker
