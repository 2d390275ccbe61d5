// SPDX-License-Identifier: Apache-2.0
//
// The read-only root that every box of one environment sees. Built once, in the launcher's mount
// namespace.
#pragma once

#include "outcome.hpp"
#include "wire/launch.hpp"

namespace sandbox::init {

/// Builds the tree and makes it the root of this process. Mount points of a box (/proc, /box, /tmp,
/// /dev/shm) are in it, empty but for a /proc of the launcher's own pid namespace.
Outcome enter_tree(const wire::SetUp& set_up) noexcept;

} // namespace sandbox::init
