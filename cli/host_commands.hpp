// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.hpp"

namespace sandbox::cli {

/// `sandboxrun doctor`: what this host can do; 0 when boxes can be made.
int doctor_command(bool json, const BackendOptions& backend);
/// `sandboxrun gc`: what killed applications left behind.
int gc_command(bool dry_run, const BackendOptions& backend);

} // namespace sandbox::cli
