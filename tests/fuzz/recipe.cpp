// SPDX-License-Identifier: Apache-2.0
//
// Any text is a recipe or a ConfigError with a place, and what a recipe says can be expanded.
#include "input.hpp"

#include <sandbox/error.hpp>
#include <sandbox/recipe.hpp>

namespace {

using sandbox::fuzz::check;

void expand_stage(const sandbox::RecipeStage& stage, const sandbox::Recipe& recipe) {
  sandbox::ExpansionJob job;
  job.source = recipe.source_name;
  job.sources = {recipe.source_name};
  job.artifact = recipe.artifact_name;
  job.limits = stage.limits;
  sandbox::validate(stage.limits);
  check(!sandbox::expand(stage.argv, job).empty());
  check(sandbox::expand_env(stage.env, job).size() == stage.env.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const sandbox::Recipe recipe = sandbox::parse_recipe(text, "fuzz.yaml");
    expand_stage(recipe.run, recipe);
    if (recipe.compile) {
      expand_stage(*recipe.compile, recipe);
    }
  } catch (const sandbox::ConfigError& error) {
    check(error.line() >= 1 && error.column() >= 1);
  }
  return 0;
}
