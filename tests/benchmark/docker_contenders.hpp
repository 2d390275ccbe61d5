// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "removal_watch.hpp"
#include "samples.hpp"

#include <sandbox/backend.hpp>

#include <memory>
#include <string>
#include <vector>

namespace benchmark {

/// A fresh box for each run: until the caller has closed it, and until the engine has removed it.
/// Every contender here waits for that, so that none is in the way of the next.
std::vector<Contender> cold_box(sandbox::Backend& backend, sandbox::Environment environment,
                                RemovalWatch& watch);
/// A box that was opened before the clock starts: until there is a result, and until it is closed.
std::vector<Contender> warm_box(sandbox::Backend& backend, sandbox::Environment environment,
                                RemovalWatch& watch);
/// What a cold box takes, call by call; to be called in turn.
std::vector<Contender> cold_phases(const sandbox::docker::EngineAddress& address,
                                   const sandbox::Environment& environment, RemovalWatch& watch);

/// Cold boxes one after the other by a backend of their own, and its end; what each takes.
Contender cold_series(const sandbox::Environment& environment, int boxes);
/// As many times the contender.
Contender series(const Contender& contender, int times);

} // namespace benchmark
