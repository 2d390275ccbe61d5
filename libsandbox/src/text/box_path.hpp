// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sandbox::text {

/// Throws Error(invalid_argument) unless `path` names something inside /box by plain components:
/// not empty, not absolute, no `.` or `..`, no NUL, components of at most 255 bytes, 4096 in all.
void validate_box_path(std::string_view path);

/// The same for a file that we are to make, which has no control bytes in its name either: a
/// program may call its files as it likes, but tools that read lists of names need not suffer from
/// ours.
void validate_new_box_path(std::string_view path);

} // namespace sandbox::text
