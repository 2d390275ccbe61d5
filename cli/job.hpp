// SPDX-License-Identifier: Apache-2.0
//
// From what was typed to what the library wants.
#pragma once

#include "options.hpp"

#include <sandbox/sandbox.hpp>

#include <memory>
#include <string>

namespace sandbox::cli {

RecipeCatalog load_catalog(const BackendOptions& options);

/// The recipe that --lang or the file's extension names. Throws Error(not_found).
const Recipe& choose_recipe(const RecipeCatalog& catalog, const RunCommandOptions& options);

/// Reads sources and further files. Throws Error naming the file.
Submission read_submission(const RunCommandOptions& options, std::vector<std::string> args);

/// The cache of --cache; null without. Throws Error naming the option.
std::unique_ptr<CompileCache> make_cache(const RunCommandOptions& options);

/// The recipe's limits with what was typed put over them, and the other options. Throws Error
/// naming the option.
RunOptions run_options(const Recipe& recipe, const RunCommandOptions& typed,
                       const BackendOptions& backend);

} // namespace sandbox::cli
