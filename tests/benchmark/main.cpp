// SPDX-License-Identifier: Apache-2.0
//
// What boxes cost, as multiples of a base that is taken in the same run: posix_spawn, a plain pipe,
// bare calls to the engine. Prints tables; never judges.
#include "contenders.hpp"
#include "host_application.hpp"
#include "suites.hpp"

#include <sandbox/error.hpp>
#include <sandbox/native.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

namespace {

constexpr int unsupported = 77; // to ctest a reason to skip

using benchmark::Settings;
using benchmark::Table;

struct Subject {
  const char* name;
  void (*measure)(const Settings&, Table&);
};

constexpr Subject subjects[] = {
    {"native", benchmark::measure_native},   {"pool", benchmark::measure_pool},
    {"callers", benchmark::measure_callers}, {"output", benchmark::measure_output},
    {"scaling", benchmark::measure_scaling}, {"cache", benchmark::measure_cache},
    {"docker", benchmark::measure_docker}};

struct Arguments {
  Settings settings;
  bool quick{false};
  bool smoke{false};
  std::vector<std::string> only;
  std::string json;
  std::vector<unsigned> served;
  int boxes{0};
  int native_boxes{0};
};

std::vector<std::string> subject_names() {
  std::vector<std::string> names;
  for (const Subject& each : subjects) {
    names.emplace_back(each.name);
  }
  return names;
}

void declare(CLI::App& app, Arguments& arguments) {
  Settings& settings = arguments.settings;
  app.add_option("--runs", settings.runs, "launches of each native contender")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--engine-runs", settings.engine_runs, "containers of each docker contender")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_flag("--quick", arguments.quick, "a sixth of the runs, a fifth of a second each");
  app.add_flag("--smoke", arguments.smoke, "each once or twice: whether it works; no figures");
  app.add_option("--only", arguments.only, "these subjects instead of all")
      ->check(CLI::IsMember(subject_names()));
  app.add_option("--image", settings.image, "image for the docker backend; it has /bin/true")
      ->capture_default_str();
  app.add_option("--json", arguments.json, "file for the figures");
  app.add_option("--serve", arguments.served, "MiB and threads")->expected(2)->group("");
  app.add_option("--boxes", arguments.boxes, "docker boxes for profile_docker")->group("");
  app.add_option("--native-boxes", arguments.native_boxes, "boxes for profile_native")->group("");
}

void adjust(Arguments& arguments) {
  const std::string image = arguments.settings.image;
  if (arguments.quick) {
    arguments.settings = {.runs = 50,
                          .slow_runs = 5,
                          .peer_runs = 10,
                          .engine_runs = 10,
                          .submissions = 2000,
                          .seconds = 0.2};
  }
  if (arguments.smoke) {
    arguments.settings = {.runs = 2,
                          .slow_runs = 1,
                          .peer_runs = 1,
                          .engine_runs = 1,
                          .submissions = 20,
                          .waiting_boxes = 16,
                          .seconds = 0.02,
                          .large_application_mib = 16,
                          .stream_bytes = 16 * sandbox::MiB};
  }
  arguments.settings.image = image;
}

void measure(const Arguments& arguments) {
  const auto& only = arguments.only;
  Table table;
  for (const Subject& each : subjects) {
    if (only.empty() || std::find(only.begin(), only.end(), each.name) != only.end()) {
      table.begin(each.name);
      each.measure(arguments.settings, table);
      table.end();
    }
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
  CLI::App app("What boxes cost, as multiples of what cannot be avoided.");
  Arguments arguments;
  declare(app, arguments);
  CLI11_PARSE(app, argc, argv);
  adjust(arguments);
  try {
    if (!arguments.served.empty()) {
      serve(arguments.served);
    } else if (arguments.boxes > 0) {
      benchmark::use_docker_boxes(arguments.settings, arguments.boxes);
    } else if (arguments.native_boxes > 0) {
      benchmark::use_native_boxes(arguments.native_boxes);
    } else {
      measure(arguments);
    }
  } catch (const sandbox::Error& error) {
    fmt::print(stderr, "sandbox-benchmark: {}\n", error.what());
    return error.code() == sandbox::ErrorCode::unsupported ? unsupported : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "sandbox-benchmark: {}\n", error.what());
    return 1;
  }
  return 0;
}
