// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/messages.hpp"

namespace sandbox::init {

/// Looks at the container from within. The kernel is asked, never the engine.
wire::Posture read_posture() noexcept;

bool root_is_read_only() noexcept;

/// The limits alone, as they are now.
void read_group_limits(wire::Posture& posture) noexcept;

} // namespace sandbox::init
