// SPDX-License-Identifier: Apache-2.0
#include "docker/api_version.hpp"

#include <fmt/format.h>

#include <charconv>

namespace sandbox::docker {

std::optional<ApiVersion> parse_api_version(std::string_view text) noexcept {
  ApiVersion version;
  const char* end = text.data() + text.size();
  const auto [dot, bad_major] = std::from_chars(text.data(), end, version.major);
  if (bad_major != std::errc{} || dot == end || *dot != '.') {
    return std::nullopt;
  }
  const auto [stop, bad_minor] = std::from_chars(dot + 1, end, version.minor);
  if (bad_minor != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return version;
}

std::string to_string(ApiVersion version) {
  return fmt::format("{}.{}", version.major, version.minor);
}

} // namespace sandbox::docker
