// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace benchmark {

using Action = std::function<void()>;

struct Contender {
  std::string name;
  Action once;
};

struct Latency {
  std::string name;
  double p50_us{0};
  double p95_us{0};
};

/// Each contender in turn, round after round, so that a slow moment of the machine meets all of
/// them.
std::vector<Latency> measure_latency(const std::vector<Contender>& contenders, int rounds);

/// Runs a second with `threads` threads for about `seconds`.
double measure_throughput(const Action& once, unsigned threads, double seconds);

} // namespace benchmark
