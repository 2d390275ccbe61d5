// SPDX-License-Identifier: Apache-2.0
#include "lane.hpp"

#include "backoff.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>

namespace worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds patience{1'000};
constexpr milliseconds output_interval{100};
constexpr milliseconds host_interval{100};
constexpr std::size_t max_live_bytes{64 * sandbox::KiB};
/// After the drain is over the server has this long to take back what is handed back.
constexpr milliseconds last_words{3'000};

class Busy {
 public:
  explicit Busy(prometheus::Gauge& gauge) : gauge_(gauge) { gauge_.Increment(); }
  ~Busy() { gauge_.Decrement(); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  prometheus::Gauge& gauge_;
};

milliseconds since(steady_clock::time_point begun) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun);
}

} // namespace

Lane::Lane(LaneContext context, std::unique_ptr<Queue> queue)
    : context_(std::move(context)), queue_(std::move(queue)), random_(std::random_device{}()),
      last_sign_(steady_clock::now()) {}

void Lane::run() noexcept {
  unsigned failures = 0;
  for (;;) {
    sign();
    try {
      const bool taking = may_take();
      const std::optional<Delivery> delivery = taking ? take() : queue_->taken_along();
      if (delivery) {
        const Busy busy(context_.metrics.lanes_busy);
        serve(*delivery);
      } else if (context_.draining.stop_requested()) {
        return;
      } else if (!taking) {
        rest(host_interval);
      }
      failures = 0;
    } catch (const QueueError& error) {
      context_.metrics.queue_errors.Increment();
      context_.log.warning("queue error", {{"error", error.what()}});
      rest(++failures);
    } catch (const std::exception& error) {
      // The lease ends by itself; the job is delivered again, and counted.
      context_.log.error("lane failed", {{"error", error.what()}});
      rest(++failures);
    }
  }
}

/// What came all the same is handed back.
bool Lane::may_take() noexcept {
  return !context_.draining.stop_requested() && context_.host.is_well();
}

std::optional<Delivery> Lane::take() {
  std::optional<Delivery> delivery = queue_->take(patience);
  context_.metrics.count_events(queue_->take_events());
  return delivery;
}

/// Doubles from 50 ms to 2 s.
void Lane::rest(unsigned failures) {
  rest(std::min(milliseconds{50} * (1U << std::min(failures - 1, 10U)), milliseconds{2'000}));
}

/// Ends early when the worker does.
void Lane::rest(milliseconds pause) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  condition.wait_for(lock, context_.ending, pause, [] { return false; });
}

/// What ends a delivery is tried until the server answers: only it knows whether the lease still
/// holds. False when the worker ended first.
template <class Call>
bool Lane::insist(Call call) {
  steady_clock::time_point give_up = steady_clock::time_point::max();
  for (unsigned failures = 1;; ++failures) {
    sign();
    if (context_.ending.stop_requested()) { // before a call that may take long to fail
      give_up = std::min(give_up, steady_clock::now() + last_words);
    }
    try {
      call();
      return true;
    } catch (const QueueError& error) {
      context_.metrics.queue_errors.Increment();
      context_.log.warning("queue error", {{"error", error.what()}});
    }
    if (context_.ending.stop_requested()) {
      if (steady_clock::now() >= give_up) {
        return false;
      }
      std::this_thread::sleep_for(output_interval);
    } else {
      rest(failures);
    }
  }
}

/// Whatever fails, the delivery is ended: some queues would keep it for this lane as long as it
/// lives.
void Lane::serve(const Delivery& delivery) {
  begun_ = steady_clock::now();
  JobLog log(context_.log, delivery.job_id, delivery.attempt);
  try {
    decide(delivery, log);
  } catch (const QueueError&) {
    throw;
  } catch (const std::exception& error) { // std::bad_alloc, a thread that was not to be had
    fail(delivery, "internal", error.what(), log);
  }
}

void Lane::decide(const Delivery& delivery, JobLog& log) {
  Job job;
  try {
    job = parse_job(delivery.payload);
    if (job.id != delivery.job_id) {
      throw JobError(
          fmt::format("id: the payload says \"{}\", the queue \"{}\"", job.id, delivery.job_id));
    }
  } catch (const JobError& error) {
    bury(delivery, "malformed", error.what(), log);
    return;
  }
  if (!may_take()) {
    hand_back(delivery, log);
    return;
  }
  context_.metrics.observe_wait(delivery.queue, delivery.waited);
  execute(delivery, job, log);
}

void Lane::execute(const Delivery& delivery, const Job& job, JobLog& log) {
  std::optional<LiveOutput> output;
  if (job.live_output) {
    output.emplace(max_live_bytes);
  }
  std::stop_source stop;
  try {
    const Admitted admitted = admit(job, context_.runner.languages(), context_.config.maxima);
    Execution execution(context_.runner, job, admitted, output ? &*output : nullptr,
                        stop.get_token());
    if (!supervise(delivery, execution, stop, output ? &*output : nullptr)) {
      context_.metrics.lost_leases.Increment();
      log.warning("lease lost");
    } else if (execution.cancelled()) {
      hand_back(delivery, log);
    } else {
      publish_done(delivery, job, execution, log);
    }
  } catch (const Refusal& refusal) {
    refuse(delivery, job, refusal, log);
  } catch (const sandbox::Error& error) {
    if (error.code() == sandbox::ErrorCode::invalid_argument) {
      refuse(delivery, job, Refusal("invalid_argument", error.what()), log);
    } else {
      fail(delivery, std::string(to_string(error.code())), error.what(), log);
    }
  }
}

/// Waits for the end of a job, and keeps its lease meanwhile. False when the lease was lost.
bool Lane::supervise(const Delivery& delivery, Execution& execution, std::stop_source& stop,
                     LiveOutput* output) {
  const milliseconds interval = context_.config.queue.lease / 3;
  const std::stop_callback end(context_.ending, [&stop] { stop.request_stop(); });
  auto extended = steady_clock::now();
  bool held = true;
  // An extension is due an interval after the last was sent, not answered: the time that a slow
  // server takes is the lease's.
  const auto until_next = [&] {
    const auto left = std::chrono::ceil<milliseconds>(extended + interval - steady_clock::now());
    return std::clamp(left, milliseconds{0},
                      output != nullptr ? std::min(output_interval, interval) : interval);
  };
  while (!execution.ended(until_next())) {
    sign();
    if (output != nullptr) {
      tell(delivery, *output);
    }
    if (steady_clock::now() - extended < interval) {
      continue;
    }
    extended = steady_clock::now();
    if (held && !stop.stop_requested()) {
      held = keep_lease(delivery);
      if (!held) {
        stop.request_stop();
      }
    }
  }
  if (output != nullptr) {
    tell(delivery, *output);
  }
  return held;
}

/// A server that does not answer may still have the job as ours.
bool Lane::keep_lease(const Delivery& delivery) {
  try {
    return queue_->extend(delivery);
  } catch (const QueueError& error) {
    context_.metrics.queue_errors.Increment();
    context_.log.warning("queue error", {{"job", delivery.job_id}, {"error", error.what()}});
    return true;
  }
}

void Lane::tell(const Delivery& delivery, LiveOutput& output) {
  const LiveOutput::Chunk chunk = output.take();
  if (chunk.empty()) {
    return;
  }
  try {
    queue_->progress(delivery, to_json(chunk));
  } catch (const QueueError&) {
    context_.metrics.queue_errors.Increment(); // the result will have it
  }
}

void Lane::publish_done(const Delivery& delivery, const Job& job, Execution& execution,
                        JobLog& log) {
  for (const std::chrono::nanoseconds overhead : execution.overheads()) {
    context_.metrics.observe_launch(overhead);
  }
  const Circumstances circumstances{context_.worker_name, delivery, since(begun_)};
  std::vector<TestReport> reports = execution.take_reports();
  const std::string verdict = verdict_of(reports);
  const std::string result =
      done_result(job, circumstances, std::move(reports), context_.config.queue.max_result_bytes);
  publish(delivery, job, {"done", verdict, result}, log);
}

void Lane::refuse(const Delivery& delivery, const Job& job, const Refusal& refusal, JobLog& log) {
  log.info("refused", {{"code", refusal.code()}, {"reason", refusal.what()}});
  const Circumstances circumstances{context_.worker_name, delivery, since(begun_)};
  const std::string result =
      refused_result(job, circumstances, refusal, context_.config.queue.max_result_bytes);
  publish(delivery, job, {"refused", "refused", result}, log);
}

void Lane::publish(const Delivery& delivery, const Job& job, const Finished& finished,
                   JobLog& log) {
  Published published{};
  const Outcome outcome{job.id, finished.status, job.callback};
  bool answered = false;
  try {
    answered = insist(
        [&] { published = queue_->publish(delivery, outcome, finished.result, may_take()); });
  } catch (const ResultRefused& error) {
    bury(
        delivery, "result_refused",
        fmt::format("the result of {} bytes was refused: {}", finished.result.size(), error.what()),
        log);
    return;
  }
  if (!answered) {
    log.warning("result not published: the worker ended first");
  } else if (published == Published::stale) {
    context_.metrics.stale_results.Increment();
    log.warning("result dropped: the job is another worker's");
  } else {
    const sandbox::Recipe* const recipe = context_.runner.languages().find(job.language);
    const std::string language =
        recipe != nullptr ? recipe->id : "unknown"; // labels are not for clients to make
    context_.metrics.count_result(language, finished.verdict);
    context_.metrics.observe_run(language, steady_clock::now() - begun_);
    log.info("published", {{"verdict", finished.verdict},
                           {"language", language},
                           {"run_ms", since(begun_).count()},
                           {"result_bytes", finished.result.size()}});
  }
}

void Lane::fail(const Delivery& delivery, const std::string& code, const std::string& what,
                JobLog& log) {
  log.warning("host failed", {{"code", code}, {"error", what}});
  context_.host.doubt();
  if (delivery.deliveries >= context_.config.queue.max_deliveries) {
    bury(delivery, "host_failed",
         fmt::format("failed {} times, at last: {}", delivery.deliveries, what), log);
    return;
  }
  context_.metrics.count_retry(code);
  const milliseconds delay =
      retry_delay(context_.config.queue.retry_delays, delivery.deliveries, random_);
  insist([&] { queue_->retry(delivery, delay, what); });
}

void Lane::bury(const Delivery& delivery, const char* why, const std::string& reason, JobLog& log) {
  log.warning("dead letter", {{"reason", reason}});
  context_.metrics.count_dead_letter(why);
  insist([&] { queue_->bury(delivery, {reason, log.tail()}); });
}

void Lane::hand_back(const Delivery& delivery, JobLog& log) {
  log.info("handed back");
  context_.metrics.handed_back.Increment();
  insist([&] { queue_->hand_back(delivery); });
}

} // namespace worker
