// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sandbox::text {

/// Whether `bytes` are well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing
/// beyond U+10FFFF.
bool is_utf8(std::string_view bytes) noexcept;

/// RFC 4648 base64 with padding.
std::string to_base64(std::string_view bytes);

} // namespace sandbox::text
