// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sandbox {

/// The version of these headers; the build takes the project's version from here.
inline constexpr std::string_view version = "0.1.0";

} // namespace sandbox
