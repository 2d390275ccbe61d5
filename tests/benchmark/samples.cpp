// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace benchmark {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

double quantile(std::vector<double> sorted, double q) {
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(q * static_cast<double>(sorted.size())))];
}

} // namespace

std::vector<Latency> measure_latency(const std::vector<Contender>& contenders, int rounds) {
  constexpr int warm_up = 5;
  std::vector<std::vector<double>> samples(contenders.size());
  for (int round = -warm_up; round < rounds; ++round) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      const auto begun = Clock::now();
      contenders[i].once();
      if (round >= 0) {
        samples[i].push_back(microseconds(Clock::now() - begun));
      }
    }
  }
  std::vector<Latency> latencies;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    std::sort(samples[i].begin(), samples[i].end());
    latencies.push_back(
        {contenders[i].name, quantile(samples[i], 0.5), quantile(samples[i], 0.95)});
  }
  return latencies;
}

double measure_throughput(const Action& once, unsigned threads, double seconds) {
  std::atomic<long> runs{0};
  const auto begun = Clock::now();
  const auto end =
      begun + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < threads; ++i) {
      workers.emplace_back([&] {
        while (Clock::now() < end) {
          once();
          ++runs;
        }
      });
    }
  }
  return static_cast<double>(runs) / std::chrono::duration<double>(Clock::now() - begun).count();
}

} // namespace benchmark
