// SPDX-License-Identifier: Apache-2.0
//
// Looks after what no lane does: how deep the queue is, whether its server answers, what killed
// workers left on this host.
#pragma once

#include "log.hpp"
#include "metrics.hpp"
#include "queue.hpp"
#include "runner.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>

namespace worker {

class Monitor {
 public:
  Monitor(const Config& config, Runner& runner, Metrics& metrics, Log& log,
          std::unique_ptr<Queue> queue);

  /// Until `stop` is requested. Does not throw.
  void run(std::stop_token stop) noexcept;

  /// The queue's server answered a moment ago.
  bool queue_answers() const noexcept;

 private:
  void look() noexcept;
  void collect_garbage() noexcept;

  const Config& config_;
  Runner& runner_;
  Metrics& metrics_;
  Log& log_;
  std::unique_ptr<Queue> queue_;
  std::atomic<std::chrono::steady_clock::time_point> last_answer_{};
};

} // namespace worker
