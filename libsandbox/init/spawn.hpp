// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "given.hpp"
#include "outcome.hpp"
#include "slot.hpp"
#include "wire/messages.hpp"

namespace sandbox::init {

struct Spawn {
  const wire::Run& run;
  const Given& given;
  bool traced; // see trace.hpp
};

/// The child was killed while it confined itself.
inline constexpr const char* not_begun = "program";

/// Clones the program. When this fails it has not run; `pid` is then that of a child to be reaped,
/// or -1.
Outcome spawn(SlotState& slot, const Spawn& what, int& pid) noexcept;

} // namespace sandbox::init
