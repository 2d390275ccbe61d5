// SPDX-License-Identifier: Apache-2.0
#include "contenders.hpp"
#include "host_application.hpp"
#include "suites.hpp"

#include <sandbox/native.hpp>

#include <string>
#include <utility>
#include <vector>

namespace benchmark {
namespace {

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

/// Each peer beside the base alone: what one leaves for the kernel to clear away later must not be
/// paid for by another.
void measure_launches(const std::string& title, const Contender& base,
                      const std::vector<Contender>& peers, int runs, Table& table) {
  for (const Contender& peer : peers) {
    table.add(title, measure_latency({base, peer}, runs));
  }
}

} // namespace

void measure_native(const Settings& settings, Table& table) {
  const auto backend = sandbox::make_native_backend();
  const Contender bare = spawn("posix_spawn, no-op", {SANDBOX_NOOP});
  const Contender ours = boxed_noop(*backend);
  const std::vector<std::string> python = {"/usr/bin/python3", "-c", "pass"};
  const Contender bare_python = spawn("posix_spawn, python3 -c pass", python);
  std::vector<Contender> noops{ours};
  std::vector<Contender> pythons{boxed(*backend, "libsandbox native, python3 -c pass", python)};
  if (const auto peers = bubblewrap(); !peers.empty()) {
    noops.push_back(peers[0]);
    pythons.push_back(peers[1]);
  }

  table.begin(sample_result(*backend, {}));
  measure_launches("launch latency, no-op", bare, noops, settings.runs, table);
  table.add_plain("of which", measure_latency(phases(*backend), settings.runs));
  measure_launches("launch latency, python3", bare_python, pythons, (settings.runs + 2) / 3, table);
  table.add("no-op after a second of idleness",
            measure_latency({bare, ours}, settings.slow_runs, 1));
  table.add_plain("from a limit to an empty box",
                  measure_latency({kill_latency(*backend)}, settings.slow_runs * 10));
  noops.insert(noops.begin(), bare);
  for (const unsigned threads : {1U, 2U, 4U, 8U}) {
    table.add(threads, measure_throughput(noops, threads, settings.seconds));
  }
  measure_applications(settings, table);
}

} // namespace benchmark
