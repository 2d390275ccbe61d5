// SPDX-License-Identifier: Apache-2.0
//
// Runs each program of some folders in a box whose interpreter was started ahead and in one whose
// was not: what they print, on both streams, and how they end must be the same.
#include "common/backend.hpp"
#include "common/file.hpp"

#include <sandbox/pool.hpp>
#include <sandbox/recipe_catalog.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

namespace {

using namespace std::chrono_literals;

struct Program {
  std::string name;
  std::string source;
};

/// Every source of the language, and one larger than a pipe.
std::vector<Program> programs(const sandbox::Recipe& recipe, char** folders, char** end) {
  std::vector<Program> all;
  for (; folders != end; ++folders) {
    for (const auto& entry : std::filesystem::directory_iterator(*folders)) {
      const std::string extension = entry.path().extension();
      if (extension == "." + recipe.extensions.front()) {
        all.push_back({entry.path().filename(), common::read_file(entry.path())});
      }
    }
  }
  std::sort(all.begin(), all.end(),
            [](const Program& a, const Program& b) { return a.name < b.name; });
  all.push_back({"empty", ""});
  all.push_back({"large", std::string(200'000, '\n') + "wrong("});
  return all;
}

sandbox::Submission submission(const Program& program) {
  sandbox::Submission made;
  made.files = {{"", program.source}};
  made.input = sandbox::BytesInput{"first line\nsecond line\n"};
  return made;
}

std::string text_of(const sandbox::Report& report) {
  const sandbox::StageReport& run = report.last();
  return "verdict " + std::string(to_string(run.result.verdict)) + ", " + describe(run.result) +
         "\n--- stdout\n" + run.standard_output.bytes() + "\n--- stderr\n" +
         run.standard_error.bytes();
}

void await_warm(const sandbox::Pool& pool) {
  while (pool.statistics().warm == 0) {
    std::this_thread::sleep_for(1ms);
  }
}

bool same_both_ways(sandbox::Backend& backend, sandbox::Pool& pool, const sandbox::Recipe& recipe,
                    const sandbox::RunOptions& options, const Program& program) {
  constexpr int tries = 3; // a busy machine may miss the bound for an interpreter's start
  sandbox::Report ahead;
  for (int i = 0; i < tries && (i == 0 || !ahead.last().result.interpreter_ahead); ++i) {
    await_warm(pool);
    ahead = pool.submit(recipe, submission(program), options).get();
  }
  const sandbox::Report plain = sandbox::Sandbox(backend).run(recipe, submission(program), options);
  if (!ahead.last().result.interpreter_ahead) {
    std::printf("FAILED %s: not started ahead; %s\n", program.name.c_str(),
                pool.statistics().last_failure.c_str());
    return false;
  }
  if (text_of(ahead) != text_of(plain)) {
    std::printf("FAILED %s\n=== ahead: %s\n=== plain: %s\n", program.name.c_str(),
                text_of(ahead).c_str(), text_of(plain).c_str());
    return false;
  }
  std::printf("ok %s\n", program.name.c_str());
  return true;
}

} // namespace

int main(int argc, char** argv) {
  constexpr int fixed = 3;
  if (argc <= fixed) {
    std::fprintf(stderr, "usage: sandbox-ahead-tests RECIPES LANGUAGE FOLDER...\n");
    return 2;
  }
  const auto catalog = sandbox::RecipeCatalog::load(argv[1]);
  const sandbox::Recipe& recipe = catalog.at(argv[2]);
  const auto backend = common::make_backend("native");
  if (!common::usable(*backend)) {
    return common::skipped_status;
  }
  if (!missing_executables(recipe).empty()) {
    std::printf("SKIPPED: %s is not on this host; install it\n", argv[2]);
    return common::skipped_status;
  }
  sandbox::RunOptions options;
  options.run_limits = recipe.run.limits;
  options.run_limits->cpu_time = 30s;
  options.run_limits->wall_time = 3min;
  sandbox::PoolOptions pool_options;
  pool_options.slots = 1;
  pool_options.warm_boxes = 1;
  pool_options.interpreters_ahead = true;
  sandbox::Pool pool(*backend, pool_options);
  pool.prepare(recipe, options);
  bool all = true;
  for (const Program& program : programs(recipe, argv + fixed, argv + argc)) {
    all = same_both_ways(*backend, pool, recipe, options, program) && all;
  }
  return all ? 0 : 1;
}
