// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/sandbox.hpp>

#include <string>

namespace sandbox::cli {

/// Runs one self-test of a recipe. Returns what differed from what it promises; empty when nothing
/// did. Throws Error.
std::string run_self_test(const Sandbox& sandbox, const Recipe& recipe, const SelfTest& test,
                          const RunOptions& options);

} // namespace sandbox::cli
