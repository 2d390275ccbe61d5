// SPDX-License-Identifier: Apache-2.0
//
// What the worker counts, in the words of Prometheus. docs/operations.md tells what to watch.
#pragma once

#include "queue.hpp"

#include <sandbox/pool.hpp>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <string>

namespace worker {

/// Thread-safe.
class Metrics {
 private:
  prometheus::Registry registry_{};

 public:
  Metrics();

  void observe_wait(const std::string& queue, std::chrono::nanoseconds waited);
  void observe_run(const std::string& language, std::chrono::nanoseconds ran);
  void observe_launch(std::chrono::nanoseconds overhead);
  void count_result(const std::string& language, const std::string& verdict);
  void count_retry(const std::string& code);
  void count_dead_letter(const std::string& why);
  void count_events(const QueueEvents& events);
  void set_depth(const Depth& depth);
  void set_pool(const sandbox::PoolStatistics& statistics);

  prometheus::Counter& stale_results; // refused by the queue: the job was another worker's by then
  prometheus::Counter& lost_leases;
  prometheus::Counter& handed_back;
  prometheus::Counter& queue_errors;
  prometheus::Gauge& lanes_busy;
  prometheus::Gauge& lanes;
  prometheus::Gauge& draining;
  prometheus::Gauge& host_well;

  /// The exposition text format.
  std::string text() const;

 private:
  // The families whose labels come with each use.
  prometheus::Family<prometheus::Histogram>& wait_;
  prometheus::Family<prometheus::Histogram>& run_;
  prometheus::Histogram& launch_;
  prometheus::Family<prometheus::Counter>& results_;
  prometheus::Family<prometheus::Counter>& retries_;
  prometheus::Family<prometheus::Counter>& dead_letters_;
  prometheus::Counter& reclaimed_;
  prometheus::Counter& duplicates_;
  prometheus::Family<prometheus::Gauge>& jobs_;
  prometheus::Family<prometheus::Gauge>& boxes_;
  prometheus::Family<prometheus::Counter>& pool_;
};

} // namespace worker
