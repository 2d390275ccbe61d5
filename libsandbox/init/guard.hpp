// SPDX-License-Identifier: Apache-2.0
//
// The guard: starts the launcher in its namespaces, waits for its end, and removes the control
// groups of the application, however the application came to its own end.
#pragma once

namespace sandbox::init {

/// Returns the exit status of the process.
int run_guard(int control) noexcept;

} // namespace sandbox::init
