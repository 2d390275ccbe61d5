// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet.hpp"

namespace sandbox::init {

/// Removes the owner's control groups. `groups` holds, for each hierarchy, the parent's directory
/// and the owner's directory in it.
void remove_groups(Descriptors& groups, const char* owner) noexcept;

} // namespace sandbox::init
