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

/// The box is good for any submission without it, unless it died of it.
std::exception_ptr start_ahead(std::unique_ptr<Session>& box, const Environment& environment) {
  try {
    box->start_ahead(
        {environment.ahead->argv, environment.ahead->env, {}, environment.expected_limits},
        environment.ahead->source);
    return nullptr;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::backend_lost || !box->alive()) {
      box.reset();
    }
    return std::current_exception();
  } catch (...) {
    box.reset();
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
  const Environment shelf = shelf_of(environment);
  while (std::unique_ptr<Session> box = take(shelf)) {
    const bool alive = box->alive();
    const std::lock_guard lock(mutex_);
    if (alive) {
      ++counts_.warm_hits;
      return box;
    }
    ++counts_.lost;
  }
  std::unique_ptr<Session> box = backend_.open(environment);
  want(shelf);
  const std::lock_guard lock(mutex_);
  ++counts_.cold_opens;
  return box;
}

void WarmBoxes::prepare(const Environment& environment) {
  want(shelf_of(environment));
}

Environment WarmBoxes::shelf_of(const Environment& environment) const {
  Environment shelf = environment;
  if (!programs_ahead_) {
    shelf.ahead.reset();
  }
  return shelf;
}

void WarmBoxes::want(const Environment& shelf) {
  if (keeps_any_) {
    const std::lock_guard lock(mutex_);
    stock_.want(shelf, Stock::Clock::now());
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

std::unique_ptr<Session> WarmBoxes::take(const Environment& shelf) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Session> box = stock_.take(shelf);
  if (box != nullptr) {
    stock_.want(shelf, Stock::Clock::now());
    ++changes_;
    wake_.notify_one(); // a box less is one keeper's work
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
    open_ahead(lock, *task.open, task.start_ahead);
  } else {
    const std::uint64_t seen = changes_;
    wake_.wait_until(lock, stop, task.look_again, [&] { return changes_ != seen; });
  }
}

/// No other keeper has more to do afterwards than before: this one looks again by itself.
void WarmBoxes::open_ahead(std::unique_lock<std::mutex>& lock, const Environment& environment,
                           bool start_program) {
  std::unique_ptr<Session> box;
  std::exception_ptr failure;
  std::exception_ptr failure_ahead;
  lock.unlock();
  try {
    box = backend_.open(environment);
    failure_ahead = start_program ? start_ahead(box, environment) : nullptr;
    failure = box == nullptr ? failure_ahead : nullptr;
  } catch (...) {
    failure = std::current_exception();
    box.reset(); // not under the lock
  }
  lock.lock();
  if (start_program && (failure == nullptr || failure_ahead != nullptr)) {
    stock_.tried_ahead(environment, failure_ahead == nullptr);
  }
  if (failure_ahead != nullptr) {
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
}

void WarmBoxes::changed() noexcept {
  ++changes_;
  wake_.notify_all();
}

} // namespace sandbox::pool
