// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace worker {

/// RFC 4648, with padding; nothing for any other text.
std::optional<std::string> from_base64(std::string_view text);

} // namespace worker
