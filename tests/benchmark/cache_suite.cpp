// SPDX-License-Identifier: Apache-2.0
#include "common/temporary_folder.hpp"
#include "samples.hpp"
#include "suites.hpp"

#include <sandbox/native.hpp>
#include <sandbox/sandbox.hpp>

#include <fmt/format.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace benchmark {
namespace {

using Outcome = sandbox::CacheUse::Outcome;

sandbox::Recipe c_recipe() {
  sandbox::Recipe recipe;
  recipe.id = std::string("c"); // of a plain "c" GCC 12 warns (its bug 105651)
  recipe.source_name = "main.c";
  recipe.artifact_name = "program";
  recipe.executables = {"gcc"};
  recipe.compile.emplace();
  recipe.compile->argv = {"gcc", "-O2", "-o", "{artifact}", "{source}"};
  recipe.compile->limits = sandbox::default_compile_limits();
  recipe.run.argv = {"./{artifact}"};
  return recipe;
}

/// The sources of a round: the same one, or one that nobody has seen.
struct Sources {
  bool new_each_time{false};
  int number{0};
  std::string next() {
    number += new_each_time ? 1 : 0;
    return fmt::format("#include <stdio.h>\nint main(void) {{ return !puts(\"{}\"); }}\n", number);
  }
};

/// Throws std::runtime_error when the run does not end well or comes otherwise than expected.
Contender compiled(sandbox::Backend& backend, std::string name, sandbox::CompileCache* cache,
                   Sources sources, Outcome expected) {
  const auto left = std::make_shared<Sources>(sources);
  return {std::move(name), timed([&backend, cache, left, expected, recipe = c_recipe()] {
            sandbox::RunOptions options;
            options.cache = cache;
            const sandbox::Report report =
                sandbox::Sandbox(backend).run(recipe, {.files = {{"", left->next()}}}, options);
            if (!report.ok() || report.stages[0].cache.outcome != expected) {
              throw std::runtime_error("C: " + describe(report.last().result) + " " +
                                       report.stages[0].cache.detail);
            }
          })};
}

} // namespace

void measure_cache(const Settings& settings, Table& table) {
  if (!missing_executables(c_recipe()).empty()) {
    fmt::print("cache: gcc is not here\n");
    return;
  }
  const auto backend = sandbox::make_native_backend();
  const common::TemporaryFolder folder("cache-benchmark");
  sandbox::CompileCache cache({.folder = folder.path()});
  {
    sandbox::RunOptions options;
    options.cache = &cache;
    sandbox::Sandbox(*backend).run(c_recipe(), {.files = {{"", Sources{}.next()}}}, options);
  }
  table.add("C, compiled and run",
            measure_latency({compiled(*backend, "without a cache", nullptr, {}, Outcome::off),
                             compiled(*backend, "hit", &cache, {}, Outcome::hit),
                             compiled(*backend, "miss, then stored", &cache,
                                      {.new_each_time = true}, Outcome::miss)},
                            settings.peer_runs));
}

} // namespace benchmark
