// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slot.hpp"
#include "wire/launch.hpp"

namespace sandbox::init {

struct BoxPlan {
  int stream;
  wire::Launch launch;
  SlotState* state;
};

/// Init of a box, from its clone to its end: mounts, gives up what it does not need, serves jobs
/// until the box is of no more use. Where nothing of that box can be left it serves the slot's next
/// one, on the same stream. Returns the exit status.
int run_box(const BoxPlan& plan) noexcept;

} // namespace sandbox::init
