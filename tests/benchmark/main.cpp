// SPDX-License-Identifier: Apache-2.0
//
// Launch latency and runs a second, all in one run, as multiples of posix_spawn. Prints a table;
// never judges.
#include "contenders.hpp"
#include "host_application.hpp"
#include "table.hpp"

#include <sandbox/native.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using benchmark::ApplicationSize;
using benchmark::Contender;
using benchmark::HostApplication;
using benchmark::Table;

struct Settings {
  int runs{300};
  int idle_runs{15};
  double seconds{2};
  std::string json;
  bool serve{false};
  ApplicationSize size;
};

[[noreturn]] void usage() {
  fmt::print(stderr, "sandbox-benchmark [--quick] [--runs N] [--json FILE]\n"
                     "  --quick      50 runs and half a second each instead of 300 and 2\n"
                     "  --runs N     launches of each contender\n"
                     "  --json FILE  writes the figures\n");
  std::exit(2);
}

unsigned long number(const std::string& text) {
  std::size_t end = 0;
  unsigned long value = 0;
  try {
    value = std::stoul(text, &end);
  } catch (const std::exception&) {
    usage();
  }
  if (end != text.size() || text[0] == '-' || value > 1'000'000) {
    usage();
  }
  return value;
}

Settings parse(const std::vector<std::string>& arguments) {
  Settings settings;
  auto next = arguments.begin();
  const auto value = [&]() -> const std::string& {
    if (next == arguments.end()) {
      usage();
    }
    return *next++;
  };
  while (next != arguments.end()) {
    const std::string_view option = *next++;
    if (option == "--quick") {
      settings.runs = 50;
      settings.idle_runs = 5;
      settings.seconds = 0.5;
    } else if (option == "--runs") {
      settings.runs = static_cast<int>(number(value()));
    } else if (option == "--json") {
      settings.json = value();
    } else if (option == "--serve") {
      settings.serve = true;
      settings.size.rss_mib = number(value());
      settings.size.threads = static_cast<unsigned>(number(value()));
    } else {
      usage();
    }
  }
  if (settings.runs == 0) {
    usage();
  }
  return settings;
}

/// What the application holds must not cost a launch anything.
void measure_applications(const Settings& settings, Table& table) {
  HostApplication small({.rss_mib = 1, .threads = 0});
  HostApplication large({.rss_mib = 2048, .threads = 50});
  std::vector<Contender> all = small.contenders("small application");
  for (Contender& each : large.contenders("2 GiB RSS and 50 threads")) {
    all.push_back(std::move(each));
  }
  table.add("no-op, from applications of two sizes", measure_latency(all, settings.runs));
}

void measure(const Settings& settings, sandbox::Backend& backend) {
  const Contender spawn = benchmark::spawn("posix_spawn, no-op", {SANDBOX_NOOP});
  const Contender ours = benchmark::boxed_noop(backend);
  const std::vector<std::string> python = {"/usr/bin/python3", "-c", "pass"};
  std::vector<Contender> noops{spawn, ours};
  std::vector<Contender> pythons{
      benchmark::spawn("posix_spawn, python3 -c pass", python),
      benchmark::boxed(backend, "libsandbox native, python3 -c pass", python)};
  if (const auto peers = benchmark::bubblewrap(); !peers.empty()) {
    noops.push_back(peers[0]);
    pythons.push_back(peers[1]);
  }

  Table table(benchmark::sample_result(backend));
  table.add("launch latency, no-op", measure_latency(noops, settings.runs));
  table.add_plain("of which", measure_latency(benchmark::phases(backend), settings.runs));
  table.add("launch latency, python3", measure_latency(pythons, (settings.runs + 2) / 3));
  table.add("no-op after a second of idleness",
            measure_latency({spawn, ours}, settings.idle_runs, 1));
  for (const unsigned threads : {1U, 2U, 4U, 8U}) {
    table.add(threads, measure_throughput(noops, threads, settings.seconds));
  }
  measure_applications(settings, table);
  if (!settings.json.empty()) {
    table.write_json(settings.json);
  }
}

} // namespace

int main(int argc, char** argv) {
  const Settings settings = parse({argv + 1, argv + argc});
  try {
    const auto backend = sandbox::make_native_backend();
    if (settings.serve) {
      benchmark::serve(settings.size,
                       {benchmark::spawn({}, {SANDBOX_NOOP}), benchmark::boxed_noop(*backend)});
    } else {
      measure(settings, *backend);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "sandbox-benchmark: {}\n", error.what());
    return 1;
  }
  return 0;
}
