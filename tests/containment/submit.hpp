// SPDX-License-Identifier: Apache-2.0
//
// Submissions to recipes, under small limits.
#pragma once

#include "containment/trial.hpp"

#include <sandbox/sandbox.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace containment {

const sandbox::Recipe& shipped(const std::string& language);

/// Its main source is a shell script that is the compile stage, and can do what a compiler could be
/// made to do; the run stage is run.sh, of the submission or of the compile stage.
sandbox::Recipe script_recipe();

sandbox::RunOptions small_limits();

sandbox::Report submit(Trial& trial, const sandbox::Recipe& recipe,
                       std::vector<sandbox::SourceFile> files,
                       const sandbox::RunOptions& options = small_limits());

/// Of all stages and streams, and the artifacts.
std::string all_output(const sandbox::Report& report);

bool contains(std::string_view text, std::string_view part);

} // namespace containment
