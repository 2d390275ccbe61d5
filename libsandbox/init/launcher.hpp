// SPDX-License-Identifier: Apache-2.0
//
// The launcher: process 1 of its own pid namespace, inside the mount tree of one environment.
// Clones slots.
#pragma once

#include "wire/launch.hpp"

namespace sandbox::init {

/// Serves the control socket until it closes or the guard is gone; with this process every slot and
/// box ends. `guard` is a pipe whose other end the guard holds. Returns the exit status.
int run_launcher(int control, int guard, const wire::SetUp& set_up) noexcept;

} // namespace sandbox::init
