// SPDX-License-Identifier: Apache-2.0
//
// Launch latency and runs a second as multiples of a base that is taken in the same run:
// posix_spawn, or bare calls to the engine. Prints a table; never judges.
#include "contenders.hpp"
#include "host_application.hpp"
#include "suites.hpp"

#include <sandbox/native.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <string>
#include <vector>

namespace {

using benchmark::Settings;

constexpr const char* native = "native";
constexpr const char* docker = "docker";
constexpr const char* pool = "pool";

struct Arguments {
  Settings settings;
  bool quick{false};
  std::string only;
  std::string json;
  std::vector<unsigned> served;
};

void declare(CLI::App& app, Arguments& arguments) {
  Settings& settings = arguments.settings;
  app.add_option("--runs", settings.runs, "launches of each native contender")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--engine-runs", settings.engine_runs, "containers of each docker contender")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_flag("--quick", arguments.quick, "50 runs, 10 of the engine's, half a second each");
  app.add_option("--only", arguments.only, "one subject instead of all")
      ->check(CLI::IsMember({native, docker, pool}));
  app.add_option("--image", settings.image, "image for the docker backend; it has /bin/true")
      ->capture_default_str();
  app.add_option("--json", arguments.json, "file for the figures");
  app.add_option("--serve", arguments.served, "MiB and threads")->expected(2)->group("");
}

void measure(const Arguments& arguments) {
  const auto wanted = [&](const char* subject) {
    return arguments.only.empty() || arguments.only == subject;
  };
  benchmark::Table table;
  if (wanted(native)) {
    measure_native(arguments.settings, table);
  }
  if (wanted(pool)) {
    measure_pool(arguments.settings, table);
  }
  if (wanted(docker)) {
    measure_docker(arguments.settings, table);
  }
  if (!arguments.json.empty()) {
    table.write_json(arguments.json);
  }
}

void serve(const std::vector<unsigned>& size) {
  const auto backend = sandbox::make_native_backend();
  benchmark::serve({.rss_mib = size[0], .threads = size[1]},
                   {benchmark::spawn({}, {SANDBOX_NOOP}), benchmark::boxed_noop(*backend)});
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Launch latency and runs a second, as multiples of what cannot be avoided.");
  Arguments arguments;
  declare(app, arguments);
  CLI11_PARSE(app, argc, argv);
  if (arguments.quick) {
    arguments.settings = {.runs = 50,
                          .slow_runs = 5,
                          .engine_runs = 10,
                          .seconds = 0.5,
                          .image = arguments.settings.image};
  }
  try {
    arguments.served.empty() ? measure(arguments) : serve(arguments.served);
  } catch (const std::exception& error) {
    fmt::print(stderr, "sandbox-benchmark: {}\n", error.what());
    return 1;
  }
  return 0;
}
