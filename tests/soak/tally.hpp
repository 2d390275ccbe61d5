// SPDX-License-Identifier: Apache-2.0
//
// What became of the runs. Thread-safe.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace soak {

using Clock = std::chrono::steady_clock;

/// Of a part of the run, in milliseconds.
struct LatencySummary {
  std::size_t count{0};
  double p50_ms{0};
  double p99_ms{0};
};

class Tally {
 public:
  /// Latencies count when they were taken in the first or the last tenth of `length`.
  explicit Tally(std::chrono::duration<double> length);

  void count(const std::string& kind, const std::string& verdict);
  void count_route(const std::string& route);
  /// One that must not be; written to stderr at once.
  void fail(const std::string& what, const std::string& details);
  void add_latency(Clock::duration taken);

  std::uint64_t runs() const;
  std::uint64_t failures() const;
  LatencySummary first_tenth() const;
  LatencySummary last_tenth() const;

  void print() const;
  nlohmann::ordered_json json() const;

 private:
  double seconds() const;

  const std::chrono::duration<double> length_;
  const Clock::time_point start_{Clock::now()};
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::uint64_t>> kinds_;
  std::map<std::string, std::uint64_t> routes_;
  std::map<std::string, std::uint64_t> failures_;
  std::vector<std::string> details_; // the first of them
  std::vector<double> first_ms_;
  std::vector<double> last_ms_;
};

} // namespace soak
