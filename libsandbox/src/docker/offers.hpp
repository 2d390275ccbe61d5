// SPDX-License-Identifier: Apache-2.0
//
// The guarantees of this backend, from what init found in its container.
#pragma once

#include "guarantee/guarantee.hpp"
#include "wire/messages.hpp"

#include <sandbox/docker.hpp>
#include <sandbox/environment.hpp>

namespace sandbox::docker {

std::vector<guarantee::Offer> offers(const wire::Posture& posture, const Environment& environment);

guarantee::Demand demand(const DockerOptions& options);

} // namespace sandbox::docker
