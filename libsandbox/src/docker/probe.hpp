// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/docker.hpp>

namespace sandbox::docker {

/// What the engine says of itself; throws nothing for what is missing.
Probe probe_engine(const DockerOptions& options);

} // namespace sandbox::docker
