// SPDX-License-Identifier: Apache-2.0
#include "monitor/started_ahead.hpp"

#include <sandbox/limits.hpp>

#include <utility>

namespace sandbox::monitor {
namespace {

/// What files take is charged to a memory limit that was computed without them.
constexpr std::uint64_t largest_source = 256 * KiB;

} // namespace

/// The program may have looked for other files while it started, and found none.
bool StartedAhead::file_put(std::string_view path, std::uint64_t bytes, bool executable) noexcept {
  const bool first = !std::exchange(source_put, true);
  return first && path == source && bytes <= largest_source && !executable;
}

bool StartedAhead::serves(const Command& wanted) const {
  return source_put && wanted.argv == command.argv && wanted.env == command.env &&
         wanted.limits == command.limits && !pipes.has_output();
}

} // namespace sandbox::monitor
