// SPDX-License-Identifier: Apache-2.0
//
// The read-only root that every box of one environment sees. Built once, in the launcher's mount
// namespace.
#pragma once

#include "outcome.hpp"
#include "wire/launch.hpp"

namespace sandbox::init {

/// Builds the tree and makes the directory above it the root of this process, in which it is "root"
/// and a mount point for each init is "past" (init/past). Mount points of a box (/proc, /box, /tmp)
/// are in the tree, empty but for a /proc of the launcher's own pid namespace; /dev/shm is a link
/// to /tmp.
Outcome enter_tree(const wire::SetUp& set_up) noexcept;

} // namespace sandbox::init
