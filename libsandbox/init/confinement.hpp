// SPDX-License-Identifier: Apache-2.0
//
// What holds for init and for all that it starts, in every kind of box.
#pragma once

#include "outcome.hpp"

namespace sandbox::init {

/// Out of reach of ptrace and /proc, no new privileges, no capability to be gained, and the limits
/// that no recipe changes. None of it can be taken back.
Outcome confine_for_good() noexcept;

/// Children are waited for through `signals`, a signalfd.
Outcome watch_children(int& signals) noexcept;

} // namespace sandbox::init
