// SPDX-License-Identifier: Apache-2.0
//
// What the library does by itself: no-op submissions through a Pool, as many as it takes.
// baseline RECIPES SLOTS RUNS: prints runs a second.
#include <sandbox/native.hpp>
#include <sandbox/pool.hpp>
#include <sandbox/recipe_catalog.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <exception>
#include <future>
#include <stdexcept>

namespace {

using Clock = std::chrono::steady_clock;

double runs_a_second(sandbox::Pool& pool, const sandbox::Recipe& recipe, unsigned in_flight,
                     unsigned runs) {
  std::deque<std::future<sandbox::Report>> futures;
  const auto begun = Clock::now();
  for (unsigned begun_runs = 0; begun_runs < runs || !futures.empty();) {
    if (begun_runs < runs && futures.size() < in_flight) {
      futures.push_back(pool.submit(recipe, {.files = {{"", ""}}}));
      ++begun_runs;
      continue;
    }
    if (!futures.front().get().ok()) {
      throw std::runtime_error("a run was not ok");
    }
    futures.pop_front();
  }
  return runs / std::chrono::duration<double>(Clock::now() - begun).count();
}

} // namespace

int main(int, char** argv) {
  try {
    const auto catalog = sandbox::RecipeCatalog::load(argv[1]);
    const auto slots = static_cast<unsigned>(std::atoi(argv[2]));
    const auto runs = static_cast<unsigned>(std::atoi(argv[3]));
    const auto backend = sandbox::make_native_backend();
    sandbox::PoolOptions options;
    options.slots = slots;
    options.warm_boxes = slots;
    sandbox::Pool pool(*backend, options);
    const sandbox::Recipe& recipe = catalog.at("noop");
    runs_a_second(pool, recipe, 2 * slots, 100); // warm
    std::printf("%.1f\n", runs_a_second(pool, recipe, 2 * slots, runs));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "baseline: %s\n", error.what());
    return 1;
  }
}
