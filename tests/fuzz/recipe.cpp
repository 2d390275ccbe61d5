// SPDX-License-Identifier: Apache-2.0
//
// Any text is a recipe or a ConfigError with a place, and what a recipe says can be expanded.
#include <sandbox/error.hpp>
#include <sandbox/recipe.hpp>

#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const sandbox::Recipe recipe =
        sandbox::parse_recipe({reinterpret_cast<const char*>(data), size}, "fuzz.yaml");
    sandbox::ExpansionJob job;
    job.source = recipe.source_name;
    job.sources = {recipe.source_name};
    job.artifact = recipe.artifact_name;
    job.limits = recipe.run.limits;
    static_cast<void>(sandbox::expand(recipe.run.argv, job));
  } catch (const sandbox::ConfigError& error) {
    if (error.line() < 1 || error.column() < 1) {
      __builtin_trap();
    }
  }
  return 0;
}
