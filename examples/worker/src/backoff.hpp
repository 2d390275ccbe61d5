// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <random>
#include <vector>

namespace worker {

/// Before the delivery after `deliveries`: the configured delay (the last one again), and up to a
/// quarter more, so that what failed together is not tried again together.
template <class Random>
std::chrono::milliseconds retry_delay(const std::vector<std::chrono::milliseconds>& delays,
                                      unsigned deliveries, Random& random) {
  const std::size_t index = deliveries == 0 ? 0 : deliveries - 1;
  const std::chrono::milliseconds delay = index < delays.size() ? delays[index] : delays.back();
  std::uniform_int_distribution<std::chrono::milliseconds::rep> jitter(0, delay.count() / 4);
  return delay + std::chrono::milliseconds(jitter(random));
}

} // namespace worker
