// SPDX-License-Identifier: Apache-2.0
//
// Landlock as a second line behind the namespaces: no TCP, no abstract sockets and signals out of
// the program's own domain. File access is left to the mounts, so that path walks cost nothing.
#pragma once

#include "outcome.hpp"

#include <cstdint>

namespace sandbox::init {

/// Makes the ruleset. Returns the ABI in force, and -1 in `ruleset` with 0 where the kernel has
/// nothing to offer.
std::uint8_t make_landlock_ruleset(bool forbid_tcp, int& ruleset) noexcept;

/// Puts the calling process, and what it starts, into the domain.
Outcome enter_landlock(int ruleset) noexcept;

} // namespace sandbox::init
