// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.hpp"

#include <string>
#include <vector>

namespace sandbox::cli {

/// `sandboxrun FILE`: returns the exit status. Throws Error.
int run_command(const RunCommandOptions& options, const BackendOptions& backend,
                std::vector<std::string> args);

} // namespace sandbox::cli
