// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sandbox::text {

/// Throws Error(invalid_argument) unless `name` can name an environment variable: not empty, no
/// `=`, no NUL.
void validate_variable_name(std::string_view name);

} // namespace sandbox::text
