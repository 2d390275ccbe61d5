// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config_value.hpp"

#include <filesystem>
#include <vector>

namespace worker {

/// Sets what a YAML file of sections says. Throws sandbox::ConfigError with file:line:column for
/// what it does not know.
void apply_file(const std::filesystem::path& file, const std::vector<Setting>& settings);

/// Sets what variables SANDBOX_WORKER_<SECTION>_<KEY> say, lists with commas. Throws
/// sandbox::ConfigError for one with that beginning that is not known.
void apply_environment(const char* const* environment, const std::vector<Setting>& settings);

} // namespace worker
