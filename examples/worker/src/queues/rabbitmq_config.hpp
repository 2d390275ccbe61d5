// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace worker {

/// `rabbitmq:`, for the kind rabbitmq.
struct RabbitMqConfig {
  std::string url{
      "amqp://guest:guest@127.0.0.1:5672"}; // amqp[s]://[user:password@]host[:port][/vhost]
  std::string queue_prefix{};               // stands before every queue and exchange
  std::string queue_type{"quorum"};         // or classic: of the queues that it declares
  /// by_job: a queue for each job, which takes one result; one_queue: all in "results", where who
  /// reads them drops a second one with the same message id.
  std::string results{"by_job"};
  std::string ca_file{};                     // amqps: empty: the system's
  std::chrono::milliseconds timeout{10'000}; // for one exchange with the server

  friend bool operator==(const RabbitMqConfig&, const RabbitMqConfig&) = default;
};

} // namespace worker
