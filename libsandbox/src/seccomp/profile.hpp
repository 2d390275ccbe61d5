// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seccomp/filter.hpp"

#include <string>

namespace sandbox::seccomp {

/// The policy (policy.hpp) as a container engine's profile, in JSON, for a container's init and all
/// that it starts. An engine cannot say "but not with this argument": a call that the policy
/// refuses with some arguments only is allowed with all, and the filter that init loads for the
/// program (compile_filter) has the last word.
std::string docker_profile(const FilterOptions& options);

} // namespace sandbox::seccomp
