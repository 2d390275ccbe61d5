// SPDX-License-Identifier: Apache-2.0
//
// What no launcher can do without that is not the application itself, and nothing more: a process
// that waits is sent a program and three descriptors; it writes the file, starts the program by
// vfork, waits for its end and answers. Nothing is confined, limited or measured.
#pragma once

#include "samples.hpp"

namespace benchmark {

/// Each calling thread has a helper of its own, which is ready.
Contender bare_helper();

} // namespace benchmark
