// SPDX-License-Identifier: Apache-2.0
#include "counters.hpp"

#include "cpu_clock.hpp"

namespace sandbox::init {

Counters read_counters(const Figures& figures) noexcept {
  Counters now;
  read_cpu(figures, now);
  now.oom_kills = figures.oom_kills();
  now.process_limit_hits = figures.process_limit_hits();
  now.processes_peak = figures.processes_peak();
  return now;
}

void read_cpu(const Figures& figures, Counters& counters) noexcept {
  // First: to be asked for it has the kernel charge what we used so far to the group
  // (task_sched_runtime() in kernel/sched/core.c).
  counters.own_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
  counters.cpu_ns = figures.cpu_ns();
}

} // namespace sandbox::init
