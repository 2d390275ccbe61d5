// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.hpp"

namespace sandbox::cli {

/// `sandboxrun doctor`: what this host can do with each backend, or with the one that is named; 0
/// when one of them can make boxes.
int doctor_command(bool json, const BackendOptions& backend);
/// `sandboxrun gc`: what killed applications left behind, with either backend.
int gc_command(bool dry_run, const BackendOptions& backend);

} // namespace sandbox::cli
