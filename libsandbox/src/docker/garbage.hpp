// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/engine.hpp"

#include <sandbox/backend.hpp>

#include <functional>
#include <vector>

namespace sandbox::docker {

/// Containers of ours whose owner is gone, and volumes with an init that no container uses and that
/// is not this version's. Nothing without our labels is ever touched. Throws Error.
std::vector<Leftover> remove_garbage(const Engine& engine, bool dry_run);

/// The containers alone. Volumes are for people to remove: two versions that share an engine would
/// take each other's away.
/// Ends early when `enough` says so.
std::vector<Leftover> remove_abandoned_containers(const Engine& engine, bool dry_run,
                                                  const std::function<bool()>& enough = {});

} // namespace sandbox::docker
