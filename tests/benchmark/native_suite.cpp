// SPDX-License-Identifier: Apache-2.0
#include "bare_helper.hpp"
#include "contenders.hpp"
#include "host_application.hpp"
#include "peers.hpp"
#include "pool_contenders.hpp"
#include "suites.hpp"

#include <sandbox/native.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

namespace benchmark {
namespace {

/// What the application holds must not cost a launch anything.
void measure_applications(const Settings& settings, Table& table) {
  HostApplication small({.rss_mib = 1, .threads = 0});
  HostApplication large({.rss_mib = settings.large_application_mib, .threads = 50});
  std::vector<Contender> all = small.contenders("small application");
  const std::string name = fmt::format("{} MiB RSS and 50 threads", settings.large_application_mib);
  for (Contender& each : large.contenders(name)) {
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
  const std::vector<Peer> peers = find_peers();
  const Contender bare = spawn("posix_spawn, no-op", {SANDBOX_NOOP});
  const Contender ours = boxed_noop(*backend);
  const std::vector<std::string> python = {"/usr/bin/python3", "-c", "pass"};
  const Contender bare_python = spawn("posix_spawn, python3 -c pass", python);

  table.note_guarantees(sample_result(*backend, {}));
  table.note_peers(peers);
  measure_launches("launch latency, no-op", bare, {ours, bare_helper()}, settings.runs, table);
  measure_launches("launch latency, no-op", bare, noops(peers), settings.peer_runs, table);
  table.add_plain("of which", measure_latency(phases(*backend), settings.runs));
  measure_launches("launch latency, python3", bare_python,
                   {boxed(*backend, "libsandbox native, python3 -c pass", python)},
                   (settings.runs + 2) / 3, table);
  measure_launches("launch latency, python3", bare_python, pythons(peers), settings.peer_runs,
                   table);
  table.add("no-op after a second of idleness",
            measure_latency({bare, ours}, settings.slow_runs, 1));
  table.add_plain("from a limit to an empty box",
                  measure_latency({kill_latency(*backend)}, settings.slow_runs * 5));
  measure_applications(settings, table);
}

void use_native_boxes(int count) {
  const auto backend = sandbox::make_native_backend();
  const Contender bare = spawn({}, {SANDBOX_NOOP});
  const Contender cold = boxed_noop(*backend);
  const Contender warm = opened_ahead(*backend).front();
  for (int i = 0; i < count; ++i) {
    bare.once();
    ::getppid(); // perf sees it, and nothing else here calls it
    cold.once();
    ::getppid();
    warm.once();
  }
}

} // namespace benchmark
