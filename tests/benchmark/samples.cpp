// SPDX-License-Identifier: Apache-2.0
#include "samples.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <numeric>
#include <thread>
#include <utility>

namespace benchmark {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

double quantile(const std::vector<double>& sorted, double q) {
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(q * static_cast<double>(sorted.size())))];
}

} // namespace

Sample timed(std::function<void()> action) {
  return [action = std::move(action)] {
    const auto begun = Clock::now();
    action();
    return std::chrono::duration<double, std::micro>(Clock::now() - begun).count();
  };
}

std::vector<Contender> split(const std::vector<std::string>& names,
                             std::function<std::vector<double>()> once) {
  const auto last = std::make_shared<std::vector<double>>();
  std::vector<Contender> all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    all.push_back({names[i], [i, last, once] {
                     if (i == 0) {
                       *last = once();
                     }
                     return last->at(i);
                   }});
  }
  return all;
}

std::vector<Latency> measure_latency(const std::vector<Contender>& contenders, int rounds,
                                     double pause_seconds) {
  const int warm_up = std::min(5, (rounds + 9) / 10);
  std::vector<std::vector<double>> samples(contenders.size());
  for (int round = pause_seconds > 0 ? 0 : -warm_up; round < rounds; ++round) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      std::this_thread::sleep_for(Seconds(pause_seconds));
      const double sample = contenders[i].once();
      if (round >= 0) {
        samples[i].push_back(sample);
      }
    }
  }
  std::vector<Latency> latencies;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    std::sort(samples[i].begin(), samples[i].end());
    latencies.push_back({contenders[i].name, quantile(samples[i], 0.5), quantile(samples[i], 0.95),
                         quantile(samples[i], 0.99)});
  }
  return latencies;
}

std::vector<long> count_runs(const Sample& once, unsigned callers, double seconds) {
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
  std::vector<std::future<long>> workers;
  for (unsigned i = 0; i < callers; ++i) {
    workers.push_back(std::async(std::launch::async, [&once, end] {
      long runs = 0;
      for (; Clock::now() < end; ++runs) {
        once();
      }
      return runs;
    }));
  }
  std::vector<long> runs;
  for (auto& worker : workers) {
    runs.push_back(worker.get());
  }
  std::sort(runs.begin(), runs.end());
  return runs;
}

std::vector<Throughput> measure_throughput(const std::vector<Contender>& contenders,
                                           unsigned callers, double seconds) {
  constexpr double shortest = 0.05; // in less a turn is one run of each caller
  const int turns = seconds < 4 * shortest ? 1 : 4;
  std::vector<long> runs(contenders.size());
  std::vector<double> elapsed(contenders.size());
  for (int turn = 0; turn < turns; ++turn) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      const auto begun = Clock::now();
      const auto counts = count_runs(contenders[i].once, callers, seconds / turns);
      runs[i] += std::accumulate(counts.begin(), counts.end(), 0L);
      elapsed[i] += Seconds(Clock::now() - begun).count();
    }
  }
  std::vector<Throughput> all;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    all.push_back({contenders[i].name, static_cast<double>(runs[i]) / elapsed[i]});
  }
  return all;
}

} // namespace benchmark
