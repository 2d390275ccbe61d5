// SPDX-License-Identifier: Apache-2.0
#include "contenders.hpp"
#include "streams.hpp"
#include "suites.hpp"

#include <sandbox/native.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace benchmark {

void measure_output(const Settings& settings, Table& table) {
  const auto backend = sandbox::make_native_backend();
  table.note_guarantees(sample_result(*backend, {}));
  const std::uint64_t size = settings.stream_bytes;
  std::vector<Figure> rates;
  for (const Latency& each : measure_latency({piped_stream(size), boxed_stream(*backend, {}, size)},
                                             std::min(settings.slow_runs, 9))) {
    rates.push_back({each.name, static_cast<double>(size >> 20) / (each.p50_us / 1e6)});
  }
  table.add(fmt::format("{} MiB of output to a callback", size >> 20), "MiB/s", rates);

  const Flood boxed = flood(*backend, {}, size);
  const std::string title = fmt::format("{} MiB of output against a limit of 1 MiB", size >> 20);
  table.add_plain(title, "ms", {{"libsandbox native", boxed.milliseconds}});
  table.add_plain(title + ", memory", "KiB", {{"libsandbox native", boxed.grown_kib}});
}

} // namespace benchmark
