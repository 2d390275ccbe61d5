// SPDX-License-Identifier: Apache-2.0
//
// The whole of it: lanes, the monitor, the pages for Prometheus and Kubernetes, and the end.
#pragma once

#include "config.hpp"
#include "host_health.hpp"
#include "http_server.hpp"
#include "lane.hpp"
#include "log.hpp"
#include "metrics.hpp"
#include "monitor.hpp"
#include "runner.hpp"

#include <list>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

namespace worker {

class Worker {
 public:
  /// Throws sandbox::Error, std::invalid_argument, std::system_error.
  explicit Worker(const Config& config);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Takes jobs until SIGTERM or SIGINT, which the caller has blocked in every thread; then drains
  /// as the configuration says. A second signal hands back at once. Does not throw.
  void serve();

 private:
  void start();
  bool wait_for_lanes(std::chrono::steady_clock::time_point deadline);
  Pages pages();
  Page health() const;
  Page readiness() const;

  Config config_;
  std::string name_;
  std::string consumer_; // containers of one host may share its name, and process numbers too
  Log log_;
  Metrics metrics_;
  unsigned slots_;
  unsigned lane_count_;
  Runner runner_;
  HostHealth host_;
  std::stop_source draining_{};
  std::stop_source ending_{};
  std::stop_source over_{};
  std::list<Lane> lanes_{};
  std::atomic<unsigned> lanes_alive_{0};
  Monitor monitor_;
  std::vector<std::jthread> threads_{};
  std::unique_ptr<HttpServer> http_{};
};

} // namespace worker
