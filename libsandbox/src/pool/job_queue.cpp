// SPDX-License-Identifier: Apache-2.0
#include "pool/job_queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sandbox::pool {
namespace {

constexpr const char* cancelled_waiting = "stop requested before a slot was free";

auto is(const Job& job) {
  return [&job](const std::shared_ptr<Job>& each) { return each.get() == &job; };
}

} // namespace

// The destructor of a job waits for a stop request that is being served, and that may wait for the
// queue: no job is let go of under the lock.

JobQueue::JobQueue(std::size_t slots, std::size_t max_waiting)
    : slots_(slots), max_waiting_(max_waiting) {
  running_.reserve(slots);
}

void JobQueue::push(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  if (closed_) {
    throw Error(ErrorCode::resource, "submit", "the pool is shut down");
  }
  if (job->stop_requested()) {
    job->cancel(cancelled_waiting);
    ++finished_;
    return;
  }
  const std::size_t free_slots = slots_ - running_.size();
  if (waiting_.size() >= free_slots && waiting_.size() - free_slots >= max_waiting_) {
    throw Error(ErrorCode::resource, "submit",
                fmt::format("{} submissions wait already", max_waiting_),
                "submit more slowly, or raise max_waiting");
  }
  waiting_.push_back(std::move(job));
  more_.notify_one();
}

std::shared_ptr<Job> JobQueue::take(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!more_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
    return nullptr;
  }
  std::shared_ptr<Job> job = std::move(waiting_.front());
  waiting_.pop_front();
  running_.push_back(job);
  return job;
}

void JobQueue::done(const Job& job) noexcept {
  const std::lock_guard lock(mutex_);
  // Whoever took it holds it too.
  running_.erase(std::find_if(running_.begin(), running_.end(), is(job)));
  finished();
}

void JobQueue::withdraw(const Job& job) noexcept {
  std::shared_ptr<Job> withdrawn;
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(waiting_.begin(), waiting_.end(), is(job));
  if (found != waiting_.end()) {
    withdrawn = std::move(*found);
    waiting_.erase(found);
    withdrawn->cancel(cancelled_waiting);
    finished();
  }
}

void JobQueue::close() noexcept {
  std::deque<std::shared_ptr<Job>> withdrawn;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    withdrawn.swap(waiting_);
    for (const auto& job : withdrawn) {
      job->cancel("the pool was shut down before a slot was free");
      finished();
    }
  }
  while (const std::shared_ptr<Job> job = next_to_stop()) {
    job->request_stop();
  }
}

std::shared_ptr<Job> JobQueue::next_to_stop() noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(running_.begin(), running_.end(),
                                  [](const auto& job) { return !job->stop_requested(); });
  return found == running_.end() ? nullptr : *found;
}

void JobQueue::wait_until_idle() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return waiting_.empty() && running_.empty(); });
}

void JobQueue::add_to(PoolStatistics& statistics) const {
  const std::lock_guard lock(mutex_);
  statistics.waiting = waiting_.size();
  statistics.running = running_.size();
  statistics.finished = finished_;
}

void JobQueue::finished() noexcept {
  ++finished_;
  if (waiting_.empty() && running_.empty()) {
    idle_.notify_all();
  }
}

} // namespace sandbox::pool
