// SPDX-License-Identifier: Apache-2.0
#include "contenders.hpp"
#include "file_contenders.hpp"
#include "soak/holdings.hpp"
#include "streams.hpp"
#include "suites.hpp"
#include "waiting_boxes.hpp"

#include <sandbox/native.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace benchmark {
namespace {

/// A parent group of its own, so that what is charged or left is this benchmark's.
class OwnGroups {
 public:
  OwnGroups() : parent_(fmt::format("/libsandbox-benchmark-{}", ::getpid())) {}
  OwnGroups(const OwnGroups&) = delete;
  OwnGroups& operator=(const OwnGroups&) = delete;
  ~OwnGroups() {
    for (const std::string& group : soak::parent_groups(parent_)) {
      ::rmdir(group.c_str());
    }
  }
  const std::string& parent() const { return parent_; }

 private:
  std::string parent_;
};

void measure_output_sizes(sandbox::Backend& backend, const Settings& settings, Table& table) {
  using sandbox::KiB, sandbox::MiB;
  for (const std::uint64_t size : {std::uint64_t{1}, KiB, 32 * KiB, MiB, 8 * MiB, 64 * MiB}) {
    const int rounds = size >= MiB ? settings.peer_runs : settings.runs;
    table.add("latency by bytes of output",
              measure_latency({piped_stream(size), boxed_stream(backend, {}, size)}, rounds),
              static_cast<double>(size));
  }
}

void measure_file_counts(sandbox::Backend& backend, const Settings& settings, Table& table) {
  for (const int count : {1, 10, 100, 1000}) {
    const int rounds = count >= 100 ? settings.peer_runs : settings.runs;
    table.add("latency by files put into the box",
              measure_latency({written_files(count), boxed_files(backend, count)}, rounds), count);
  }
}

std::vector<std::size_t> waiting_counts(const Settings& settings) {
  std::vector<std::size_t> counts;
  for (const std::size_t count : {std::size_t{0}, std::size_t{16}, std::size_t{64}}) {
    if (count < settings.waiting_boxes) {
      counts.push_back(count);
    }
  }
  counts.push_back(settings.waiting_boxes);
  return counts;
}

void measure_waiting_boxes(sandbox::Backend& backend, const Settings& settings, Table& table) {
  const std::vector<Contender> contenders{spawn("posix_spawn, no-op", {SANDBOX_NOOP}),
                                          boxed_noop(backend)};
  WaitingBoxes waiting(backend);
  for (const std::size_t count : waiting_counts(settings)) {
    waiting.grow_to(count);
    table.add("latency by boxes that wait", measure_latency(contenders, settings.runs),
              static_cast<double>(count));
  }
}

/// By a backend that has run nothing yet, on a host that has had time to clear away.
void measure_waiting_memory(const OwnGroups& groups, const Settings& settings, Table& table) {
  const auto backend = sandbox::make_native_backend({.cgroup_parent = groups.parent()});
  WaitingBoxes waiting(*backend);
  waiting.grow_to(1);
  std::this_thread::sleep_for(std::chrono::duration<double>(settings.seconds));
  const Holding before = held_now(groups.parent());
  for (const std::size_t count : waiting_counts(settings)) {
    if (count == 0) {
      continue;
    }
    waiting.grow_to(count + 1);
    const Holding now = held_now(groups.parent());
    const auto x = static_cast<double>(count);
    const auto each = [&](double Holding::*what) { return (now.*what - before.*what) / x; };
    table.add_plain("memory of each box that waits", "KiB",
                    {{"its processes", each(&Holding::processes_kib)},
                     {"charged to its groups", each(&Holding::charged_kib)},
                     {"pages of the host", each(&Holding::pages_kib)},
                     {"the kernel's own", (now.kernel_kib() - before.kernel_kib()) / x},
                     {"  of which objects", each(&Holding::objects_kib)},
                     {"  of which for each processor", each(&Holding::percpu_kib)},
                     {"  of which stacks and the like", each(&Holding::vmalloc_kib)},
                     {"of the supervisor", each(&Holding::supervisor_kib)}},
                    x);
    table.add_plain("descriptors of the supervisor for each box that waits", "count",
                    {{"libsandbox native", each(&Holding::descriptors)}}, x);
  }
}

void compare(const soak::Holdings& before, const soak::Holdings& after, Table& table) {
  const auto add = [&table](const std::string& title, const std::string& unit, std::size_t first,
                            std::size_t last) {
    table.add_plain("held before and after all submissions, " + title, unit,
                    {{"before", static_cast<double>(first)}, {"after", static_cast<double>(last)}});
  };
  add("control groups", "count", before.groups, after.groups);
  add("mounts", "count", before.mounts, after.mounts);
  add("processes", "count", before.processes, after.processes);
  add("descriptors", "count", before.descriptors, after.descriptors);
  add("threads", "count", before.threads, after.threads);
  add("supervisor's memory", "KiB", before.rss_bytes >> 10, after.rss_bytes >> 10);
}

/// Whether the last of many runs are as fast as the first, and what is left then.
void measure_submissions(sandbox::Backend& backend, const std::string& cgroup_parent,
                         const Settings& settings, Table& table) {
  constexpr int parts = 20;
  const std::vector<Contender> contenders{spawn("posix_spawn, no-op", {SANDBOX_NOOP}),
                                          boxed_noop(backend)};
  const int part = std::max(settings.submissions / parts, 1);
  measure_latency(contenders, part);
  const soak::Holdings before = soak::holdings(cgroup_parent);
  for (int i = 0; i < parts; ++i) {
    const auto latencies = measure_latency(contenders, part);
    if (i % 5 == 0 || i == parts - 1) {
      table.add("latency by submissions so far", latencies, i * part);
    }
  }
  compare(before, soak::holdings(cgroup_parent), table);
}

} // namespace

void measure_scaling(const Settings& settings, Table& table) {
  const OwnGroups groups;
  const auto backend = sandbox::make_native_backend({.cgroup_parent = groups.parent()});
  table.note_guarantees(sample_result(*backend, {}));
  measure_output_sizes(*backend, settings, table);
  measure_file_counts(*backend, settings, table);
  measure_submissions(*backend, groups.parent(), settings, table);
  measure_waiting_boxes(*backend, settings, table);
  measure_waiting_memory(groups, settings, table);
}

} // namespace benchmark
