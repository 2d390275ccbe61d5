// SPDX-License-Identifier: Apache-2.0
//
// Init as process 1 of a container that an engine has made: what the native backend's slot prepares
// is there already, or is found missing.
#pragma once

#include "outcome.hpp"
#include "wire/messages.hpp"

namespace sandbox::init {

/// Serves the supervisor on descriptors 0 and 1 until that stream closes, at most `lifetime_s`
/// seconds. Returns the exit status.
int run_container(unsigned lifetime_s) noexcept;

/// Fails when the container's limits are wider than the stage's, or its root is writable: an engine
/// may have taken an order and not carried it out.
Outcome check_container(const wire::Run& run) noexcept;

} // namespace sandbox::init
