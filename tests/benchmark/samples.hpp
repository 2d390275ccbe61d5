// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace benchmark {

/// Does it once; what that took, in microseconds.
using Sample = std::function<double()>;

/// Measures `action` from outside.
Sample timed(std::function<void()> action);

struct Contender {
  std::string name;
  Sample once;
};

/// For an action that yields several samples at a time: contenders that are to be called in turn.
std::vector<Contender> split(const std::vector<std::string>& names,
                             std::function<std::vector<double>()> once);

struct Latency {
  std::string name;
  double p50_us{0};
  double p95_us{0};
  double p99_us{0};
};

struct Throughput {
  std::string name;
  double runs_per_second{0};
};

/// Each contender in turn, round after round, so that a slow moment of the machine meets all of
/// them; the first few rounds do not count. Before each sample it is quiet for `pause_seconds`.
std::vector<Latency> measure_latency(const std::vector<Contender>& contenders, int rounds,
                                     double pause_seconds = 0);

/// With so many callers at a time, for about `seconds` each; in turn as well.
std::vector<Throughput> measure_throughput(const std::vector<Contender>& contenders,
                                           unsigned callers, double seconds);

/// How often each of so many callers got it done within `seconds`; ascending.
std::vector<long> count_runs(const Sample& once, unsigned callers, double seconds);

} // namespace benchmark
