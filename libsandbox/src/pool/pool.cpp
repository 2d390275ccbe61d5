// SPDX-License-Identifier: Apache-2.0
#include "pool/job_queue.hpp"
#include "pool/threads.hpp"
#include "pool/warm_boxes.hpp"

#include <sandbox/pool.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace sandbox {
namespace {

/// An engine takes its time to make a container, and makes several at once.
constexpr unsigned most_keepers = 4;
constexpr std::chrono::hours longest_expiry{24 * 365};
constexpr unsigned most = 4096;

void check_number(unsigned number, const char* name) {
  if (number > most) {
    throw Error(ErrorCode::invalid_argument, name,
                fmt::format("is {}; at most {} are allowed", number, most));
  }
}

PoolOptions checked(PoolOptions options) {
  check_number(options.slots, "slots");
  check_number(options.max_warm_boxes, "max_warm_boxes");
  if (options.warm_expiry <= std::chrono::milliseconds::zero()) {
    throw Error(ErrorCode::invalid_argument, "warm_expiry", "must be above 0");
  }
  if (options.slots == 0) {
    options.slots = std::max(std::thread::hardware_concurrency(), 1U);
  }
  return options;
}

pool::Stock::Bounds bounds(const PoolOptions& options) {
  return {options.warm_boxes, options.max_warm_boxes, options.max_warm_memory_bytes,
          std::min<std::chrono::milliseconds>(options.warm_expiry, longest_expiry)};
}

} // namespace

class Pool::State {
 public:
  State(Backend& backend, const PoolOptions& options)
      : boxes_(backend, bounds(options), std::min(options.slots, most_keepers),
               options.interpreters_ahead),
        sandbox_(boxes_), queue_(options.slots, options.max_waiting),
        workers_(options.slots, [this](const std::stop_token& stop) { work(stop); }) {}
  ~State() { shutdown(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::future<Report> submit(std::shared_ptr<pool::Job> job, std::stop_token stop) {
    std::future<Report> future = job->future();
    job->follow(std::move(stop), [this, raw = job.get()] { queue_.withdraw(*raw); });
    queue_.push(std::move(job));
    return future;
  }

  void prepare(const Recipe& recipe, const RunOptions& options) {
    boxes_.prepare(sandbox_.environment(recipe, options));
  }

  void drain() { queue_.wait_until_idle(); }

  void shutdown() noexcept {
    boxes_.stop();
    queue_.close();
  }

  PoolStatistics statistics() const {
    PoolStatistics statistics;
    queue_.add_to(statistics);
    boxes_.add_to(statistics);
    return statistics;
  }

 private:
  void work(const std::stop_token& stop) {
    while (const std::shared_ptr<pool::Job> job = queue_.take(stop)) {
      job->run(sandbox_);
      queue_.done(*job);
    }
  }

  pool::WarmBoxes boxes_;
  Sandbox sandbox_;
  pool::JobQueue queue_;
  pool::Threads workers_; // the last member: they use the others
};

Pool::Pool(Backend& backend, PoolOptions options)
    : state_(std::make_unique<State>(backend, checked(options))) {}

Pool::~Pool() = default;

std::future<Report> Pool::submit(Recipe recipe, Submission submission, RunOptions options,
                                 std::stop_token stop) {
  return state_->submit(
      std::make_shared<pool::Job>(std::move(recipe), std::move(submission), std::move(options)),
      std::move(stop));
}

void Pool::prepare(const Recipe& recipe, const RunOptions& options) {
  state_->prepare(recipe, options);
}

void Pool::drain() {
  state_->drain();
}

void Pool::shutdown() noexcept {
  state_->shutdown();
}

PoolStatistics Pool::statistics() const {
  return state_->statistics();
}

} // namespace sandbox
