// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace worker {

/// The text of the Lua script of this name that was embedded by the build. Throws
/// std::out_of_range.
std::string_view script(std::string_view name);

/// Those that are run, of one kind: "redis_list" gives redis_list_take and so on.
std::vector<std::string_view> scripts_of(std::string_view kind);

} // namespace worker
