// SPDX-License-Identifier: Apache-2.0
//
// uid and gid maps of user namespaces.
#pragma once

#include "outcome.hpp"
#include "wire/launch.hpp"

namespace sandbox::init {

/// The program's uid and gid as it sees them itself.
inline constexpr unsigned program_id = 1000;

/// Maps the launcher of an unprivileged application; called by the guard, its parent.
Outcome map_launcher(int pid, const wire::SetUp& set_up) noexcept;

/// Maps a slot's init and program ids; called by the launcher. Equal ids mean that both share one.
Outcome map_slot(int pid, const wire::NewSlot& slot, bool deny_setgroups) noexcept;

} // namespace sandbox::init
