// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/backend.hpp>

#include <string>
#include <vector>

namespace sandbox::native {

/// Owners' control groups below `parents` that no living application or guard holds locked. Removed
/// unless `dry_run`. No process can be left in them: boxes end with their launcher, and the
/// launcher with the application.
std::vector<Leftover> remove_garbage(const std::vector<std::string>& parents, bool dry_run);

} // namespace sandbox::native
