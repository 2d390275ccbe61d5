// SPDX-License-Identifier: Apache-2.0
//
// One job at a time, from the queue to its result. A lane has a queue connection of its own, so
// that nothing is shared between lanes but the runner.
#pragma once

#include "host_health.hpp"
#include "live_output.hpp"
#include "log.hpp"
#include "metrics.hpp"
#include "queue.hpp"
#include "runner.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

namespace worker {

/// What all lanes share; outlives them.
struct LaneContext {
  const Config& config;
  const std::string& worker_name;
  Runner& runner;
  HostHealth& host;
  Metrics& metrics;
  Log& log;
  std::stop_token draining; // take no more
  std::stop_token ending;   // hand back what runs
};

class Lane {
 public:
  Lane(LaneContext context, std::unique_ptr<Queue> queue);

  /// Until `draining` is requested and the last job is done. Does not throw.
  void run() noexcept;

  /// When the loop last went round, for the health check.
  std::chrono::steady_clock::time_point last_sign() const noexcept { return last_sign_.load(); }

 private:
  struct Finished {
    std::string status;
    std::string verdict; // for those who count
    std::string result;
  };

  std::optional<Delivery> take();
  void serve(const Delivery& delivery);
  void decide(const Delivery& delivery, JobLog& log);
  void execute(const Delivery& delivery, const Job& job, JobLog& log);
  bool supervise(const Delivery& delivery, Execution& execution, std::stop_source& stop,
                 LiveOutput* output);
  bool keep_lease(const Delivery& delivery);
  void tell(const Delivery& delivery, LiveOutput& output);
  void publish_done(const Delivery& delivery, const Job& job, Execution& execution, JobLog& log);
  void publish(const Delivery& delivery, const Job& job, const Finished& finished, JobLog& log);
  void refuse(const Delivery& delivery, const Job& job, const Refusal& refusal, JobLog& log);
  void fail(const Delivery& delivery, const std::string& code, const std::string& what,
            JobLog& log);
  void bury(const Delivery& delivery, const char* why, const std::string& reason, JobLog& log);
  void hand_back(const Delivery& delivery, JobLog& log);
  template <class Call>
  bool insist(Call call);
  bool may_take() noexcept;
  void rest(unsigned failures);
  void rest(std::chrono::milliseconds pause);
  void sign() noexcept { last_sign_ = std::chrono::steady_clock::now(); }

  LaneContext context_;
  std::unique_ptr<Queue> queue_;
  std::minstd_rand random_;
  std::chrono::steady_clock::time_point begun_{};
  std::atomic<std::chrono::steady_clock::time_point> last_sign_;
};

} // namespace worker
