// SPDX-License-Identifier: Apache-2.0
//
// What a box's control groups have counted so far.
#pragma once

#include "figures.hpp"

#include <cstdint>

namespace sandbox::init {

/// wire::not_measured where the host has no such figure.
struct Counters {
  std::uint64_t own_cpu_ns{0}; // of init, which is in the groups too
  std::uint64_t cpu_ns{wire::not_measured};
  std::uint64_t oom_kills{wire::not_measured};
  std::uint64_t process_limit_hits{wire::not_measured};
  std::uint64_t processes_peak{wire::not_measured};
};

Counters read_counters(const Figures& figures) noexcept;

/// The two of CPU time.
void read_cpu(const Figures& figures, Counters& counters) noexcept;

} // namespace sandbox::init
