// SPDX-License-Identifier: Apache-2.0
//
// Amounts as people write them in recipes and on the command line, and as they are shown to people.
#pragma once

#include <sandbox/export.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sandbox {

/// Each parser takes the whole text or throws Error(invalid_argument) that says what is allowed: no
/// spaces, signs, exponents or trailing characters, and never a bare number where a unit is due.
/// Zero is parsed as zero; whether it can be meant is for validate() to say.

/// A decimal number and its unit: us, ms, s, m (minutes), h. At most a nanosecond fine. "1.5s" is
/// 1500 ms. The word `unlimited` gives unlimited_time.
SANDBOX_API std::chrono::nanoseconds parse_duration(std::string_view text);

/// A whole number and its unit, in bytes: B; K or KiB, M or MiB, G or GiB, T or TiB (powers of
/// 1024); kB, MB, GB, TB (powers of 1000). The word `unlimited` gives sandbox::unlimited.
SANDBOX_API std::uint64_t parse_size(std::string_view text);

/// A whole number without a unit, or the word `unlimited`.
SANDBOX_API std::uint64_t parse_count(std::string_view text);

/// A decimal number without a unit: "2", "0.5".
SANDBOX_API double parse_decimal(std::string_view text);

/// For people: "256 MiB", "1.5 GiB", "700 bytes", "unlimited".
SANDBOX_API std::string format_size(std::uint64_t bytes);

/// For people: "2 s", "1.234 s", "350 ms", "12.5 us", "unlimited".
SANDBOX_API std::string format_duration(std::chrono::nanoseconds duration);

} // namespace sandbox
