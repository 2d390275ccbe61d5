// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slot.hpp"
#include "wire/launch.hpp"

namespace sandbox::init {

/// Init of a box, from its clone to its end: mounts, gives up what it does not need, serves jobs
/// until the stream closes. Returns the exit status.
int run_box(int stream, const wire::Launch& launch, SlotState& state) noexcept;

} // namespace sandbox::init
