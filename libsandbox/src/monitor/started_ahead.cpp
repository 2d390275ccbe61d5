// SPDX-License-Identifier: Apache-2.0
#include "monitor/started_ahead.hpp"

#include <sandbox/limits.hpp>

namespace sandbox::monitor {
namespace {

/// What files take is charged to a memory limit that was computed without them.
constexpr std::uint64_t largest_source = 256 * KiB;

} // namespace

/// The program may have looked for other files while it started, and found none.
void StartedAhead::file_put(std::string_view path, std::uint64_t bytes, bool executable) noexcept {
  usable = usable && !source_put && path == source && bytes <= largest_source && !executable;
  source_put = true;
}

bool StartedAhead::serves(const Command& wanted) const {
  return usable && source_put && wanted.argv == command.argv && wanted.env == command.env &&
         wanted.limits == command.limits;
}

} // namespace sandbox::monitor
