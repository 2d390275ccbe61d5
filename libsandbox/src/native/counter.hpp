// SPDX-License-Identifier: Apache-2.0
//
// The numbers in control group files.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sandbox::native {

/// The number that `text` begins with; nothing when there is none or it has more than 64 bits.
std::optional<std::uint64_t> parse_counter(std::string_view text) noexcept;

/// The number behind `key` in a file of "key number" lines: memory.events, memory.oom_control.
std::optional<std::uint64_t> parse_counter(std::string_view text, std::string_view key) noexcept;

} // namespace sandbox::native
