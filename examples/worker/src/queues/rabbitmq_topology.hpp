// SPDX-License-Identifier: Apache-2.0
//
// Which queues and exchanges there are on RabbitMQ, and what the headers of a job say.
// docs/queues.md tells it to operators.
#pragma once

#include "config.hpp"
#include "queues/amqp_connection.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace worker {

/// How often a job was delivered before the message that has it now was made.
struct PriorDeliveries {
  std::uint64_t attempts{0};
  std::uint64_t returned{0}; // of them, those that do not count
};

/// Of a job, when it was submitted; RabbitMQ's own interceptor writes it under the same name.
constexpr const char* submitted_header = "timestamp_in_ms";

class RabbitMqTopology {
 public:
  explicit RabbitMqTopology(const Config& config) : config_(config) {}

  std::string name(std::string_view plain) const {
    return config_.rabbitmq.queue_prefix + std::string(plain);
  }
  /// Of a queue's jobs those that were delivered before: they come first.
  std::string again(const std::string& queue) const { return name(queue + ":again"); }
  std::string retry_queue(const std::string& queue, std::chrono::milliseconds delay) const;
  std::string dead() const { return name("jobs:dead"); } // an exchange, and the queue behind it
  std::string events() const { return name("events"); }  // an exchange
  std::string results(const std::string& id) const;
  bool has_result_queues() const { return config_.rabbitmq.results == "by_job"; }

  /// What everybody uses but result queues, and what workers use beside. What is there already with
  /// other arguments is left as it is: it is the operator's.
  void declare(AmqpConnection& connection) const;
  void declare_for_workers(AmqpConnection& connection) const;
  /// How many results (or dead letters' marks) are there: with a queue for each job 0 or 1.
  std::uint64_t declare_results(AmqpConnection& connection, const std::string& id) const;
  std::uint64_t waiting(AmqpConnection& connection) const;
  std::uint64_t delayed(AmqpConnection& connection) const;

 private:
  AmqpTable job_arguments() const;

  Config config_;
};

PriorDeliveries prior_deliveries(const AmqpTable& headers);
AmqpTable job_headers(const PriorDeliveries& prior);

} // namespace worker
