// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox::docker {

/// A version of the Engine API: "1.41".
struct ApiVersion {
  unsigned major{};
  unsigned minor{};
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the 0 inside <=> for a pointer.
  auto operator<=>(const ApiVersion&) const = default;
};

inline constexpr ApiVersion oldest_api{1, 41};
inline constexpr ApiVersion newest_api{1, 47};

std::optional<ApiVersion> parse_api_version(std::string_view text) noexcept;
std::string to_string(ApiVersion version);

} // namespace sandbox::docker
