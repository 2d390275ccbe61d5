// SPDX-License-Identifier: Apache-2.0
//
// Launch latency and runs a second, all in one run, as multiples of posix_spawn. Prints a table;
// never judges.
#include "contenders.hpp"
#include "host_application.hpp"
#include "table.hpp"

#include <sandbox/native.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace {

using benchmark::Contender;
using benchmark::HostApplication;
using benchmark::Table;

struct Settings {
  int runs{300};
  int slow_runs{15};
  double seconds{2};
  std::string json;
};

/// What the application holds must not cost a launch anything.
void measure_applications(const Settings& settings, Table& table) {
  HostApplication small({.rss_mib = 1, .threads = 0});
  HostApplication large({.rss_mib = 2048, .threads = 50});
  std::vector<Contender> all = small.contenders("small application");
  for (Contender& each : large.contenders("2 GiB RSS and 50 threads")) {
    all.push_back(std::move(each));
  }
  table.add("no-op, from applications of two sizes",
            benchmark::measure_latency(all, settings.runs));
}

/// Each peer beside the base alone: what one leaves for the kernel to clear away later must not be
/// paid for by another.
void measure_launches(const std::string& title, const Contender& base,
                      const std::vector<Contender>& peers, int runs, Table& table) {
  for (const Contender& peer : peers) {
    table.add(title, benchmark::measure_latency({base, peer}, runs));
  }
}

void measure(const Settings& settings, sandbox::Backend& backend) {
  const Contender spawn = benchmark::spawn("posix_spawn, no-op", {SANDBOX_NOOP});
  const Contender ours = benchmark::boxed_noop(backend);
  const std::vector<std::string> python = {"/usr/bin/python3", "-c", "pass"};
  const Contender bare_python = benchmark::spawn("posix_spawn, python3 -c pass", python);
  std::vector<Contender> noops{ours};
  std::vector<Contender> pythons{
      benchmark::boxed(backend, "libsandbox native, python3 -c pass", python)};
  if (const auto bubblewrap = benchmark::bubblewrap(); !bubblewrap.empty()) {
    noops.push_back(bubblewrap[0]);
    pythons.push_back(bubblewrap[1]);
  }

  Table table(benchmark::sample_result(backend));
  measure_launches("launch latency, no-op", spawn, noops, settings.runs, table);
  table.add_plain("of which",
                  benchmark::measure_latency(benchmark::phases(backend), settings.runs));
  measure_launches("launch latency, python3", bare_python, pythons, (settings.runs + 2) / 3, table);
  table.add("no-op after a second of idleness",
            benchmark::measure_latency({spawn, ours}, settings.slow_runs, 1));
  table.add_plain(
      "from a limit to an empty box",
      benchmark::measure_latency({benchmark::kill_latency(backend)}, settings.slow_runs * 10));
  noops.insert(noops.begin(), spawn);
  for (const unsigned threads : {1U, 2U, 4U, 8U}) {
    table.add(threads, benchmark::measure_throughput(noops, threads, settings.seconds));
  }
  measure_applications(settings, table);
  if (!settings.json.empty()) {
    table.write_json(settings.json);
  }
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Launch latency and runs a second, as multiples of posix_spawn.");
  Settings settings;
  app.add_option("--runs", settings.runs, "launches of each contender")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  bool quick = false;
  app.add_flag("--quick", quick, "50 runs and half a second each");
  app.add_option("--json", settings.json, "file for the figures");
  std::vector<unsigned> served;
  app.add_option("--serve", served, "MiB and threads")->expected(2)->group("");
  CLI11_PARSE(app, argc, argv);
  if (quick) {
    settings = {.runs = 50, .slow_runs = 5, .seconds = 0.5, .json = settings.json};
  }
  try {
    const auto backend = sandbox::make_native_backend();
    if (served.empty()) {
      measure(settings, *backend);
    } else {
      benchmark::serve({.rss_mib = served[0], .threads = served[1]},
                       {benchmark::spawn({}, {SANDBOX_NOOP}), benchmark::boxed_noop(*backend)});
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "sandbox-benchmark: {}\n", error.what());
    return 1;
  }
  return 0;
}
