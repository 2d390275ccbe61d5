// SPDX-License-Identifier: Apache-2.0
#include "soak/tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace soak {
namespace {

constexpr double part = 0.1;
constexpr std::size_t max_details = 500;
/// So that what is remembered here is no drift of the memory that is watched.
constexpr std::size_t reserved_latencies = 100'000;

LatencySummary summarise(std::vector<double> ms) {
  if (ms.empty()) {
    return {};
  }
  std::sort(ms.begin(), ms.end());
  const auto at = [&](double share) {
    return ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1))];
  };
  return {ms.size(), at(0.5), at(0.99)};
}

nlohmann::ordered_json to_json(const LatencySummary& summary) {
  return {{"count", summary.count}, {"p50_ms", summary.p50_ms}, {"p99_ms", summary.p99_ms}};
}

} // namespace

Tally::Tally(std::chrono::duration<double> length) : length_(length) {
  first_ms_.reserve(reserved_latencies);
  last_ms_.reserve(reserved_latencies);
  details_.reserve(max_details);
}

double Tally::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

void Tally::count(const std::string& kind, const std::string& verdict) {
  const std::lock_guard lock(mutex_);
  ++kinds_[kind][verdict];
}

void Tally::count_route(const std::string& route) {
  const std::lock_guard lock(mutex_);
  ++routes_[route];
}

void Tally::fail(const std::string& what, const std::string& details) {
  const std::string line = fmt::format("{:8.1f} s  {}: {}", seconds(), what, details);
  const std::lock_guard lock(mutex_);
  ++failures_[what];
  fmt::print(stderr, "{}\n", line);
  if (details_.size() < max_details) {
    details_.push_back(line);
  }
}

void Tally::add_latency(Clock::duration taken) {
  const double now = seconds();
  const double ms = std::chrono::duration<double, std::milli>(taken).count();
  const std::lock_guard lock(mutex_);
  if (now < part * length_.count()) {
    first_ms_.push_back(ms);
  } else if (now > (1 - part) * length_.count()) {
    last_ms_.push_back(ms);
  }
}

std::uint64_t Tally::runs() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [kind, verdicts] : kinds_) {
    for (const auto& [verdict, count] : verdicts) {
      sum += count;
    }
  }
  return sum;
}

std::uint64_t Tally::failures() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const auto& [what, count] : failures_) {
    sum += count;
  }
  return sum;
}

LatencySummary Tally::first_tenth() const {
  const std::lock_guard lock(mutex_);
  return summarise(first_ms_);
}

LatencySummary Tally::last_tenth() const {
  const std::lock_guard lock(mutex_);
  return summarise(last_ms_);
}

void Tally::print() const {
  const std::lock_guard lock(mutex_);
  fmt::print("\n{:<18} {:>8}  verdicts\n", "kind", "runs");
  for (const auto& [kind, verdicts] : kinds_) {
    std::uint64_t sum = 0;
    std::string text;
    for (const auto& [verdict, count] : verdicts) {
      sum += count;
      text += fmt::format("{} {}  ", verdict, count);
    }
    fmt::print("{:<18} {:>8}  {}\n", kind, sum, text);
  }
  fmt::print("\n{:<40} {:>8}\n", "route", "times");
  for (const auto& [route, count] : routes_) {
    fmt::print("{:<40} {:>8}\n", route, count);
  }
  for (const auto& [what, count] : failures_) {
    fmt::print("FAILED {:<33} {:>8}\n", what, count);
  }
}

nlohmann::ordered_json Tally::json() const {
  nlohmann::ordered_json all{{"latency_first_tenth", to_json(first_tenth())},
                             {"latency_last_tenth", to_json(last_tenth())}};
  const std::lock_guard lock(mutex_);
  all["kinds"] = kinds_;
  all["routes"] = routes_;
  all["failures"] = failures_;
  all["details"] = details_;
  return all;
}

} // namespace soak
