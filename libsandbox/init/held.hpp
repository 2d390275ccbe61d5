// SPDX-License-Identifier: Apache-2.0
//
// A program that was started before its stage, and is held.
#pragma once

#include "slot.hpp"

#include <cstdint>

namespace sandbox::init {

struct Switches {
  std::uint64_t voluntary{0};
  std::uint64_t involuntary{0};
};

struct Held {
  int pid{-1};
  std::uint64_t memory_before{0};
  std::uint64_t processes_peak_before{0}; // what the counters showed before it
  Switches switches{};                    // its own, so far
};

/// Of all threads of a process that live.
Switches switches_of(int pid) noexcept;

/// Ends every process of the box but init, and all that is seen of them in the next.
void end_held(const SlotState& slot) noexcept;

} // namespace sandbox::init
