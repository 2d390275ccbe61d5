// SPDX-License-Identifier: Apache-2.0
#include "soak/soak.hpp"

#include "common/backend.hpp"
#include "soak/requests.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace soak {
namespace {

using namespace std::chrono_literals;
using sandbox::MiB;

constexpr std::uint64_t rss_drift = 16 * MiB;
constexpr std::size_t descriptor_drift = 8;
constexpr double early_part = 0.1;
constexpr auto sample_interval = 30s;

std::chrono::duration<double> length(const Options& options) {
  return std::chrono::duration<double>(options.minutes * 60);
}

Clock::duration clock_time(std::chrono::duration<double> time) {
  return std::chrono::duration_cast<Clock::duration>(time);
}

std::int64_t difference(std::size_t late, std::size_t early) {
  return static_cast<std::int64_t>(late) - static_cast<std::int64_t>(early);
}

nlohmann::ordered_json to_json(const Holdings& now) {
  return {{"rss_bytes", now.rss_bytes}, {"descriptors", now.descriptors}, {"threads", now.threads},
          {"processes", now.processes}, {"mounts", now.mounts},           {"groups", now.groups}};
}

void print_latency(const char* when, const LatencySummary& latency) {
  fmt::print("launch, {} tenth: {} runs, p50 {:.2f} ms, p99 {:.2f} ms\n", when, latency.count,
             latency.p50_ms, latency.p99_ms);
}

} // namespace

void Gate::pass() {
  std::unique_lock lock(mutex_);
  ++waiting_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return !closed_; });
  --waiting_;
}

void Gate::close() {
  std::unique_lock lock(mutex_);
  closed_ = true;
  changed_.wait(lock, [this] { return waiting_ == threads_; });
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  closed_ = false;
  changed_.notify_all();
}

Soak::Soak(const Options& options)
    : options_(options),
      threads_(options.overload * std::max(std::thread::hardware_concurrency(), 1U)),
      host_(options.backend), programs_(Programs::load(options.programs)), tally_(length(options)),
      gate_(threads_) {}

bool Soak::run() {
  const Holdings before = holdings(host_.cgroup_parent());
  backend_ = host_.make_backend();
  sandbox::PoolOptions options;
  options.slots = threads_;
  options.warm_boxes = 1;
  options.max_warm_boxes = threads_;
  options.warm_expiry = 5s; // so that boxes are opened ahead, displaced and closed all the time
  pool_ = std::make_unique<sandbox::Pool>(*backend_, options);
  workload_ = std::make_unique<Workload>(*backend_, *pool_, programs_, tally_);
  fmt::print("{} backend, {} threads, {} min, seed {}\n", host_.backend(), threads_,
             options_.minutes, options_.seed);

  const auto start = Clock::now();
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < threads_; ++i) {
    workers.emplace_back([this, i](std::stop_token stop) { work(stop, options_.seed * 1000 + i); });
  }
  std::jthread watcher([this](std::stop_token stop) { watch(stop); });
  std::this_thread::sleep_until(start + clock_time(early_part * length(options_)));
  const Holdings early = rest("rest, 10 %");
  gate_.open();
  std::this_thread::sleep_until(start + clock_time(length(options_)));
  const Holdings late = rest("rest, end");
  for (std::jthread& worker : workers) {
    worker.request_stop();
  }
  gate_.open();
  workers.clear();
  watcher = {};
  workload_.reset();
  pool_.reset();
  backend_.reset();
  return conclude(early, late, leftovers(before));
}

void Soak::work(std::stop_token stop, std::uint64_t seed) {
  Random random(seed);
  for (gate_.pass(); !stop.stop_requested(); gate_.pass()) {
    workload_->step(random);
  }
}

void Soak::watch(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  while (!never.wait_for(lock, stop, sample_interval, [] { return false; }) &&
         !stop.stop_requested()) {
    sample("at work");
  }
}

void Soak::sample(const char* when) {
  const Holdings now = holdings(host_.cgroup_parent());
  const std::lock_guard lock(samples_mutex_);
  fmt::print("{:<10} {:>8} runs {:>3} failed  rss {:>6.1f} MiB  {} descriptors, {} threads, "
             "{} processes, {} mounts, {} groups\n",
             when, tally_.runs(), tally_.failures(), static_cast<double>(now.rss_bytes) / MiB,
             now.descriptors, now.threads, now.processes, now.mounts, now.groups);
  std::fflush(stdout);
  auto line = to_json(now);
  line["when"] = when;
  line["runs"] = tally_.runs();
  samples_.push_back(line);
}

Holdings Soak::rest(const char* when) {
  gate_.close();
  pool_->drain();
  const auto deadline = Clock::now() + 60s;
  const auto is_cold = [this] {
    const sandbox::PoolStatistics now = pool_->statistics();
    return now.warm == 0 && now.opening == 0;
  };
  while (!is_cold() && Clock::now() < deadline) {
    std::this_thread::sleep_for(50ms);
  }
  fill_idle_slots();
  std::this_thread::sleep_for(1s);
  sample(when);
  return holdings(host_.cgroup_parent());
}

/// Some were dropped for what their box left; then descriptors are fewer by chance.
void Soak::fill_idle_slots() {
  sandbox::Environment environment;
  environment.image = common::image();
  std::vector<std::unique_ptr<sandbox::Session>> sessions;
  try {
    for (unsigned i = 0; i < idle_slots; ++i) {
      sessions.push_back(backend_->open(environment));
    }
  } catch (const sandbox::Error& error) {
    tally_.fail("error", fmt::format("at rest: {}: {}", error.step(), error.what()));
  }
}

bool Soak::drifted(const Holdings& early, const Holdings& late) const {
  return late.rss_bytes > early.rss_bytes + rss_drift ||
         late.descriptors > early.descriptors + descriptor_drift;
}

/// What is left when the backends are gone and garbage was collected.
std::vector<std::string> Soak::leftovers(const Holdings& before) {
  for (const std::string& each : host_.left()) {
    fmt::print("before gc: {}\n", each);
  }
  {
    const auto collector = host_.make_backend();
    collector->collect_garbage(false);
  }
  std::vector<std::string> all = host_.left();
  const Holdings now = holdings(host_.cgroup_parent());
  if (now.mounts != before.mounts) {
    all.push_back(fmt::format("{} mounts", difference(now.mounts, before.mounts)));
  }
  if (now.descriptors > before.descriptors) {
    all.push_back(fmt::format("{} descriptors", now.descriptors - before.descriptors));
  }
  if (now.threads > before.threads) {
    all.push_back(fmt::format("{} threads", now.threads - before.threads));
  }
  return all;
}

bool Soak::conclude(const Holdings& early, const Holdings& late,
                    const std::vector<std::string>& leftovers) {
  tally_.print();
  print_latency("first", tally_.first_tenth());
  print_latency("last", tally_.last_tenth());
  const std::int64_t rss = difference(late.rss_bytes, early.rss_bytes);
  const std::int64_t descriptors = difference(late.descriptors, early.descriptors);
  fmt::print("drift from 10 % to the end: {:+.1f} MiB, {:+} descriptors, {:+} threads\n",
             static_cast<double>(rss) / MiB, descriptors, difference(late.threads, early.threads));
  for (const std::string& each : leftovers) {
    fmt::print("LEFT {}\n", each);
  }
  const bool good = tally_.failures() == 0 && leftovers.empty() && !drifted(early, late);
  fmt::print("{} runs, {} failed, {} leftovers{}: {}\n", tally_.runs(), tally_.failures(),
             leftovers.size(), drifted(early, late) ? ", drifted" : "", good ? "good" : "BAD");
  if (!options_.json.empty()) {
    nlohmann::ordered_json all = tally_.json();
    all["backend"] = host_.backend();
    all["minutes"] = options_.minutes;
    all["threads"] = threads_;
    all["seed"] = options_.seed;
    all["runs"] = tally_.runs();
    all["drift"] = {{"rss_bytes", rss}, {"descriptors", descriptors}};
    all["leftovers"] = leftovers;
    all["good"] = good;
    all["samples"] = samples_;
    std::ofstream(options_.json) << all.dump(2, ' ', false,
                                             nlohmann::json::error_handler_t::replace)
                                 << '\n';
  }
  return good;
}

} // namespace soak
