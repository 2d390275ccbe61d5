// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sandbox::cli {

/// Bytes of unknown origin for a message: what is no printable ASCII as \xNN, cut after `longest`
/// bytes.
std::string printable(std::string_view bytes, std::size_t longest = 200);

} // namespace sandbox::cli
