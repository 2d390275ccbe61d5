// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>

namespace worker {
namespace {

using prometheus::Histogram;

const Histogram::BucketBoundaries& seconds() {
  static const Histogram::BucketBoundaries boundaries{
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};
  return boundaries;
}

/// A warm box is there after a millisecond, a container's start takes half a second.
const Histogram::BucketBoundaries& launch_seconds() {
  static const Histogram::BucketBoundaries boundaries{
      0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};
  return boundaries;
}

auto& counters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

auto& gauges(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

auto& histograms(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

/// What the library counts itself.
void follow(prometheus::Counter& counter, std::uint64_t total) {
  counter.Increment(static_cast<double>(total) - counter.Value());
}

double in_seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

} // namespace

Metrics::Metrics()
    : stale_results(counters(registry_, "sandbox_worker_stale_results_total",
                             "Results that the queue refused: the job was another worker's by then")
                        .Add({})),
      lost_leases(counters(registry_, "sandbox_worker_lost_leases_total",
                           "Jobs that another worker took while they ran")
                      .Add({})),
      handed_back(counters(registry_, "sandbox_worker_handed_back_total",
                           "Jobs given back untried: the worker ended, or its host was not well")
                      .Add({})),
      queue_errors(counters(registry_, "sandbox_worker_queue_errors_total",
                            "Failed exchanges with the queue's server")
                       .Add({})),
      lanes_busy(
          gauges(registry_, "sandbox_worker_jobs_held", "Jobs that this worker holds now").Add({})),
      lanes(gauges(registry_, "sandbox_worker_lanes", "Jobs that this worker may hold").Add({})),
      draining(gauges(registry_, "sandbox_worker_draining", "1 after SIGTERM").Add({})),
      host_well(gauges(registry_, "sandbox_worker_host_well",
                       "0 while boxes cannot be had, and no job is taken")
                    .Add({})),
      wait_(histograms(registry_, "sandbox_worker_queue_wait_seconds",
                       "From a job's submission to its delivery")),
      run_(histograms(registry_, "sandbox_worker_run_seconds",
                      "From a job's delivery to its result")),
      launch_(histograms(registry_, "sandbox_worker_launch_seconds",
                         "What a run took beside its program: a slot, a box, its files, their end")
                  .Add({}, launch_seconds())),
      results_(counters(registry_, "sandbox_worker_results_total", "Results published")),
      retries_(counters(registry_, "sandbox_worker_retries_total",
                        "Jobs to be tried again after an error of the host")),
      dead_letters_(counters(registry_, "sandbox_worker_dead_letters_total",
                             "Jobs that this worker made dead letters")),
      reclaimed_(counters(registry_, "sandbox_worker_reclaimed_total",
                          "Jobs taken over from workers that lost them")
                     .Add({})),
      duplicates_(
          counters(registry_, "sandbox_worker_duplicates_total", "Jobs dropped: their id was there")
              .Add({})),
      jobs_(gauges(registry_, "sandbox_worker_queue_jobs",
                   "Jobs in the queue, the same for all of its workers")),
      boxes_(gauges(registry_, "sandbox_worker_boxes", "Boxes alive")),
      pool_(counters(registry_, "sandbox_worker_pool_boxes_total",
                     "Boxes handed out or opened since the start")) {}

void Metrics::observe_wait(const std::string& queue, std::chrono::nanoseconds waited) {
  wait_.Add({{"queue", queue}}, seconds()).Observe(in_seconds(waited));
}

void Metrics::observe_run(const std::string& language, std::chrono::nanoseconds ran) {
  run_.Add({{"language", language}}, seconds()).Observe(in_seconds(ran));
}

void Metrics::observe_launch(std::chrono::nanoseconds overhead) {
  launch_.Observe(in_seconds(overhead));
}

void Metrics::count_result(const std::string& language, const std::string& verdict) {
  results_.Add({{"language", language}, {"verdict", verdict}}).Increment();
}

void Metrics::count_retry(const std::string& code) {
  retries_.Add({{"code", code}}).Increment();
}

void Metrics::count_dead_letter(const std::string& why) {
  dead_letters_.Add({{"why", why}}).Increment();
}

void Metrics::count_events(const QueueEvents& events) {
  reclaimed_.Increment(static_cast<double>(events.reclaimed));
  duplicates_.Increment(static_cast<double>(events.duplicates));
  if (events.buried > 0) {
    dead_letters_.Add({{"why", "undeliverable"}}).Increment(static_cast<double>(events.buried));
  }
}

void Metrics::set_depth(const Depth& depth) {
  jobs_.Add({{"state", "waiting"}}).Set(static_cast<double>(depth.waiting));
  jobs_.Add({{"state", "running"}}).Set(static_cast<double>(depth.running));
  jobs_.Add({{"state", "dead"}}).Set(static_cast<double>(depth.dead));
}

void Metrics::set_pool(const sandbox::PoolStatistics& statistics) {
  boxes_.Add({{"state", "running"}}).Set(static_cast<double>(statistics.running));
  boxes_.Add({{"state", "ready"}}).Set(static_cast<double>(statistics.warm));
  boxes_.Add({{"state", "opening"}}).Set(static_cast<double>(statistics.opening));
  follow(pool_.Add({{"kind", "warm_hit"}}), statistics.warm_hits);
  follow(pool_.Add({{"kind", "cold"}}), statistics.cold_opens);
  follow(pool_.Add({{"kind", "failed_open"}}), statistics.failed_opens);
  follow(pool_.Add({{"kind", "lost"}}), statistics.lost);
}

std::string Metrics::text() const {
  std::ostringstream stream;
  prometheus::TextSerializer().Serialize(stream, registry_.Collect());
  return stream.str();
}

} // namespace worker
