// SPDX-License-Identifier: Apache-2.0
#include "bare_helper.hpp"
#include "contenders.hpp"
#include "peers.hpp"
#include "pool_contenders.hpp"
#include "suites.hpp"

#include <sandbox/native.hpp>

#include <fmt/format.h>

#include <thread>
#include <vector>

namespace benchmark {
namespace {

constexpr unsigned many = 64;

/// Runs that the callers got done in the same time, each one by itself.
void measure_shares(const std::vector<Contender>& contenders, double seconds, Table& table) {
  for (const Contender& each : contenders) {
    const std::vector<long> runs = count_runs(each.once, many, seconds);
    table.add_plain(fmt::format("runs of each of {} callers, {}", many, each.name), "runs",
                    {{"fewest", static_cast<double>(runs.front())},
                     {"median", static_cast<double>(runs[runs.size() / 2])},
                     {"most", static_cast<double>(runs.back())}});
  }
}

} // namespace

void measure_callers(const Settings& settings, Table& table) {
  const auto backend = sandbox::make_native_backend();
  const Contender bare = spawn("posix_spawn, no-op", {SANDBOX_NOOP});
  const Contender ours = boxed_noop(*backend);
  const std::vector<Contender> bare_and_ours{bare, ours};
  const std::vector<Contender> submissions{spawn("posix_spawn, /bin/true", {"/bin/true"}),
                                           shared_pool(*backend)};

  table.note_guarantees(sample_result(*backend, {}));
  for (const unsigned callers : {1U, 2U, 4U, 8U, 16U, many}) {
    table.add("runs a second, no-op", callers,
              measure_throughput(bare_and_ours, callers, settings.seconds));
    table.add("runs a second, submissions to a pool", callers,
              measure_throughput(submissions, callers, settings.seconds));
  }
  std::vector<Contender> all{bare, ours, bare_helper()};
  for (Contender& each : noops(find_peers())) {
    all.push_back(std::move(each));
  }
  const unsigned cores = std::thread::hardware_concurrency();
  table.add("runs a second, a caller for each core", cores,
            measure_throughput(all, cores, settings.seconds * 2));
  measure_shares({bare, ours, submissions.back()}, settings.seconds * 4, table);
}

} // namespace benchmark
