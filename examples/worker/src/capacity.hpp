// SPDX-License-Identifier: Apache-2.0
//
// How many jobs fit on this machine, or in the control group that this process was given.
#pragma once

#include "config.hpp"

#include <cstdint>

namespace worker {

struct Capacity {
  double cores{1};
  std::uint64_t memory_bytes{0};
};

/// What there is, less what a container's or service's limits leave of it.
Capacity measure_capacity();

/// worker.concurrency, or what cores and memory allow when it is not given; at least 1.
unsigned concurrency(const Config& config, const Capacity& capacity);

} // namespace worker
