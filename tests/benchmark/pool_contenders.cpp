// SPDX-License-Identifier: Apache-2.0
#include "pool_contenders.hpp"

#include "common/temporary_folder.hpp"
#include "contenders.hpp"
#include "programs.hpp"

#include <sandbox/pool.hpp>
#include <sandbox/recipe_catalog.hpp>

#include <chrono>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace benchmark {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point begun) {
  return std::chrono::duration<double, std::micro>(Clock::now() - begun).count();
}

sandbox::Recipe recipe(const std::string& image) {
  sandbox::Recipe made;
  made.image = image;
  made.id = "noop";
  made.source_name = "source";
  made.run.argv = {"/bin/true"};
  return made;
}

sandbox::Submission submission() {
  sandbox::Submission made;
  made.files = {{"", ""}};
  return made;
}

void check(const sandbox::Report& report) {
  if (!report.last().result.ok()) {
    throw std::runtime_error(report.language + ": " + describe(report.last().result));
  }
}

void wait_until_warm(const sandbox::Pool& pool, unsigned boxes) {
  const auto deadline = Clock::now() + std::chrono::minutes{1};
  while (pool.statistics().warm < boxes) {
    if (Clock::now() > deadline) {
      throw std::runtime_error("no warm boxes: " + pool.statistics().last_failure);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

/// A box that was just opened may still be starting. Not asleep: a processor that has to wake up
/// would be a part of what is measured.
void let_init_start() {
  constexpr std::chrono::milliseconds enough{3};
  for (const auto end = Clock::now() + enough; Clock::now() < end;) {
  }
}

Contender pooled(sandbox::Backend& backend, std::string name, const sandbox::Recipe& recipe,
                 unsigned warm_boxes, bool interpreters_ahead = false) {
  sandbox::PoolOptions options;
  options.slots = 1;
  options.warm_boxes = warm_boxes;
  options.interpreters_ahead = interpreters_ahead;
  const auto pool = std::make_shared<sandbox::Pool>(backend, options);
  if (warm_boxes > 0) {
    pool->prepare(recipe);
  }
  return {std::move(name), [pool, recipe, warm_boxes, interpreters_ahead] {
            // A busy machine may take longer to start an interpreter than is waited for.
            for (int attempt = 0; attempt < 3; ++attempt) {
              wait_until_warm(*pool, warm_boxes);
              let_init_start();
              const auto begun = Clock::now();
              const sandbox::Report report = pool->submit(recipe, submission()).get();
              const double elapsed = microseconds_since(begun);
              check(report);
              if (report.last().result.interpreter_ahead == interpreters_ahead) {
                return elapsed;
              }
            }
            throw std::runtime_error("not started ahead: " + pool->statistics().last_failure);
          }};
}

/// With an empty source. The host's program, not one that the application's PATH would find.
std::vector<std::string> bare_argv(const sandbox::Recipe& recipe, const std::string& source) {
  std::vector<std::string> argv =
      sandbox::expand(recipe.run.argv, {source, {source}, {}, {}, recipe.run.limits});
  argv.front() = "/usr/bin/" + argv.front();
  return argv;
}

} // namespace

std::vector<Contender> opened_ahead(sandbox::Backend& backend) {
  return split({"opened ahead, to the result", "  to the closed box"},
               [&backend, command = command_of({"./noop"}), noop = noop_bytes()] {
                 auto session = backend.open({});
                 let_init_start();
                 const auto begun = Clock::now();
                 session->put_file("noop", noop, true);
                 run(*session, command);
                 const double finished = microseconds_since(begun);
                 session.reset();
                 return std::vector<double>{finished, microseconds_since(begun)};
               });
}

std::vector<Contender> submissions(sandbox::Backend& backend, const std::string& image) {
  const sandbox::Recipe recipe = benchmark::recipe(image);
  return {{"Sandbox::run", timed([&backend, recipe] {
             check(sandbox::Sandbox(backend).run(recipe, submission()));
           })},
          pooled(backend, "Pool without warm boxes", recipe, 0),
          pooled(backend, "Pool, warm", recipe, 2)};
}

std::vector<Contender> interpreters(sandbox::Backend& backend, const std::string& language) {
  const auto catalog = sandbox::RecipeCatalog::load(SANDBOX_SOURCE_LANGUAGES);
  const sandbox::Recipe& recipe = catalog.at(language);
  if (!missing_executables(recipe).empty()) {
    return {};
  }
  const auto folder = std::make_shared<common::TemporaryFolder>("benchmark");
  const std::string source = *folder / recipe.source_name;
  std::ofstream{source};
  return {{"posix_spawn, " + language,
           timed([folder, argv = bare_argv(recipe, source)] { spawn_and_wait(argv); })},
          pooled(backend, "Pool, warm, " + language, recipe, 2),
          pooled(backend, "Pool, interpreter ahead, " + language, recipe, 2, true)};
}

Contender shared_pool(sandbox::Backend& backend) {
  const auto pool = std::make_shared<sandbox::Pool>(backend);
  return {"Pool",
          timed([pool, recipe = recipe({})] { check(pool->submit(recipe, submission()).get()); })};
}

} // namespace benchmark
