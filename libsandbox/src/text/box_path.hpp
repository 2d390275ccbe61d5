// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sandbox::text {

/// Throws Error(invalid_argument) unless `path` names something inside /box by plain components:
/// not empty, not absolute, no `.` or `..`, no NUL, components of at most 255 bytes, 4096 in all.
void validate_box_path(std::string_view path);

} // namespace sandbox::text
