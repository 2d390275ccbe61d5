// SPDX-License-Identifier: Apache-2.0
#include "pool/warm_boxes.hpp"

#include <utility>

namespace sandbox::pool {
namespace {

constexpr std::chrono::seconds rest_without_memory{1};

std::string message(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown";
  }
}

/// The box is good for any submission without it; one that died of it is found dead.
std::exception_ptr start_ahead(Session& box, const Environment& environment) {
  try {
    box.start_ahead(
        {environment.ahead->argv, environment.ahead->env, {}, environment.expected_limits},
        environment.ahead->source);
    return nullptr;
  } catch (const Error&) {
    return std::current_exception();
  }
}

} // namespace

WarmBoxes::WarmBoxes(Backend& backend, const Stock::Bounds& bounds, unsigned keepers,
                     bool programs_ahead)
    : backend_(backend), keeps_any_(bounds.boxes > 0 && bounds.boxes_each > 0),
      programs_ahead_(programs_ahead), stock_(bounds),
      keepers_(keeps_any_ ? keepers : 0, [this](const std::stop_token& stop) { keep(stop); }) {}

std::unique_ptr<Session> WarmBoxes::open(const Environment& environment) {
  while (std::unique_ptr<Session> box = take(environment)) {
    const bool alive = box->alive();
    const std::lock_guard lock(mutex_);
    if (alive) {
      ++counts_.warm_hits;
      return box;
    }
    ++counts_.lost;
  }
  std::unique_ptr<Session> box = backend_.open(environment);
  prepare(environment);
  const std::lock_guard lock(mutex_);
  ++counts_.cold_opens;
  return box;
}

void WarmBoxes::prepare(const Environment& environment) {
  if (keeps_any_) {
    const std::lock_guard lock(mutex_);
    stock_.want(environment, Stock::Clock::now());
    changed();
  }
}

void WarmBoxes::add_to(PoolStatistics& statistics) const {
  const std::lock_guard lock(mutex_);
  const Stock::Counts stock = stock_.counts();
  statistics.warm = stock.ready;
  statistics.opening = stock.opening;
  statistics.expired = stock.expired;
  statistics.displaced = stock.displaced;
  statistics.warm_hits = counts_.warm_hits;
  statistics.cold_opens = counts_.cold_opens;
  statistics.opened_ahead = counts_.opened_ahead;
  statistics.lost = counts_.lost;
  statistics.failed_opens = counts_.failed_opens;
  statistics.failed_ahead = counts_.failed_ahead;
  if (last_failure_ != nullptr) {
    statistics.last_failure = message(last_failure_);
  }
}

std::unique_ptr<Session> WarmBoxes::take(const Environment& environment) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Session> box = stock_.take(environment);
  if (box != nullptr) {
    stock_.want(environment, Stock::Clock::now());
    changed();
  }
  return box;
}

void WarmBoxes::keep(const std::stop_token& stop) noexcept {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    try {
      work(lock, stop);
    } catch (const std::exception&) {
      // Out of memory: boxes opened ahead are what can best be done without.
      wake_.wait_for(lock, stop, rest_without_memory, [] { return false; });
    }
  }
}

void WarmBoxes::work(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
  Stock::Task task = stock_.next(Stock::Clock::now());
  if (!task.close.empty()) {
    lock.unlock();
    task.close.clear();
    lock.lock();
    stock_.closed();
    changed();
  } else if (task.open) {
    open_ahead(lock, *task.open, task.start_ahead && programs_ahead_);
  } else {
    const std::uint64_t seen = changes_;
    wake_.wait_until(lock, stop, task.look_again, [&] { return changes_ != seen; });
  }
}

void WarmBoxes::open_ahead(std::unique_lock<std::mutex>& lock, const Environment& environment,
                           bool start_program) {
  std::unique_ptr<Session> box;
  std::exception_ptr failure;
  std::exception_ptr failure_ahead;
  lock.unlock();
  try {
    box = backend_.open(environment);
    failure_ahead = start_program ? start_ahead(*box, environment) : nullptr;
  } catch (...) {
    failure = std::current_exception();
  }
  lock.lock();
  if (failure_ahead != nullptr) {
    stock_.failed_ahead(environment);
    ++counts_.failed_ahead;
    last_failure_ = failure_ahead;
  }
  if (failure == nullptr) {
    stock_.opened(environment, std::move(box));
    ++counts_.opened_ahead;
  } else {
    stock_.failed(environment, Stock::Clock::now());
    ++counts_.failed_opens;
    last_failure_ = failure;
  }
  changed();
}

void WarmBoxes::changed() noexcept {
  ++changes_;
  wake_.notify_all();
}

} // namespace sandbox::pool
