// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples.hpp"

#include <sandbox/backend.hpp>

#include <string>
#include <vector>

namespace benchmark {

/// A program of the host with an empty environment. Throws std::runtime_error unless it exits with
/// 0.
void spawn_and_wait(std::vector<std::string> argv);
/// posix_spawn of a program of the host, and waiting for it.
Contender spawn(std::string name, std::vector<std::string> argv);
/// A fresh box for each run; the static no-op is put into it as a submission would be.
Contender boxed_noop(sandbox::Backend& backend);
/// A fresh box for each run of a program that the box's root has.
Contender boxed(sandbox::Backend& backend, std::string name, std::vector<std::string> argv);
/// One run, for the guarantees that it had.
sandbox::Result sample_result(sandbox::Backend& backend, const sandbox::Environment& environment);
/// What boxed_noop() does, step by step; they work together, so each is to be called in turn.
std::vector<Contender> phases(sandbox::Backend& backend);
/// What a run of 21 sleeping processes takes beyond its wall time limit: start, kill, empty box.
Contender kill_latency(sandbox::Backend& backend);

} // namespace benchmark
