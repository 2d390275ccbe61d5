// SPDX-License-Identifier: Apache-2.0
#include "monitor.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>

namespace worker {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds interval{1};
constexpr std::chrono::seconds old{10};

} // namespace

Monitor::Monitor(const Config& config, Runner& runner, Metrics& metrics, Log& log,
                 std::unique_ptr<Queue> queue)
    : config_(config), runner_(runner), metrics_(metrics), log_(log), queue_(std::move(queue)) {}

bool Monitor::queue_answers() const noexcept {
  return steady_clock::now() - last_answer_.load() < old;
}

void Monitor::look() noexcept {
  try {
    metrics_.set_pool(runner_.pool().statistics());
    metrics_.set_depth(queue_->depth());
    last_answer_ = steady_clock::now();
  } catch (const std::exception& error) {
    log_.debug("depth not known", {{"error", error.what()}});
  }
}

void Monitor::collect_garbage() noexcept {
  try {
    for (const sandbox::Leftover& each : runner_.backend().collect_garbage(false)) {
      log_.info("removed what a killed worker left", {{"kind", each.kind}, {"name", each.name}});
    }
  } catch (const std::exception& error) {
    log_.warning("garbage not collected", {{"error", error.what()}});
  }
}

void Monitor::run(std::stop_token stop) noexcept {
  std::mutex mutex;
  std::condition_variable_any condition;
  auto next_collection = steady_clock::now();
  while (!stop.stop_requested()) {
    look();
    if (steady_clock::now() >= next_collection) {
      collect_garbage();
      next_collection = steady_clock::now() + config_.sandbox.collect_garbage;
    }
    std::unique_lock lock(mutex);
    condition.wait_for(lock, stop, interval, [] { return false; });
  }
}

} // namespace worker
