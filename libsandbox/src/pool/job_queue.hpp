// SPDX-License-Identifier: Apache-2.0
//
// First come, first served, within a bound.
#pragma once

#include "pool/job.hpp"

#include <sandbox/pool.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

namespace sandbox::pool {

class JobQueue {
 public:
  JobQueue(std::size_t slots, std::size_t max_waiting);

  /// Cancels a job that is asked to stop already. Throws Error(resource) when the queue is full or
  /// closed.
  void push(std::shared_ptr<Job> job);

  /// Waits for a job; null when asked to stop and none is there. It runs until done().
  std::shared_ptr<Job> take(const std::stop_token& stop);
  void done(const Job& job) noexcept;

  /// Cancels the job if it still waits.
  void withdraw(const Job& job) noexcept;

  /// Refuses jobs from now on, cancels those that wait and asks those that run to stop.
  void close() noexcept;

  void wait_until_idle();
  void add_to(PoolStatistics& statistics) const;

 private:
  std::shared_ptr<Job> next_to_stop() noexcept;
  void finished() noexcept;

  const std::size_t slots_;
  const std::size_t max_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable_any more_;
  std::condition_variable idle_;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::vector<std::shared_ptr<Job>> running_;
  std::uint64_t finished_{0};
  bool closed_{false};
};

} // namespace sandbox::pool
