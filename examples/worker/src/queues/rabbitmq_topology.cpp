// SPDX-License-Identifier: Apache-2.0
#include "queues/rabbitmq_topology.hpp"

#include <fmt/format.h>

#include <limits>

namespace worker {
namespace {

/// The worker counts deliveries; the server's own bound, which newer ones set where none is given,
/// must never be the first to act.
constexpr std::int64_t unreachable_deliveries = 1'000'000;

/// Nothing that waits in a queue is dropped for something newer.
void add_type(AmqpTable& arguments, const std::string& type) {
  arguments.emplace_back("x-queue-type", type);
  if (type == "quorum") {
    arguments.emplace_back("x-delivery-limit", unreachable_deliveries);
  }
}

/// Where messages go that end here. Of a quorum queue they stay until the other one has them.
void add_next(AmqpTable& arguments, const std::string& type, const std::string& exchange) {
  arguments.emplace_back("x-dead-letter-exchange", exchange);
  if (type == "quorum") {
    arguments.emplace_back("x-dead-letter-strategy", "at-least-once");
    arguments.emplace_back("x-overflow", "reject-publish");
  }
}

} // namespace

std::string RabbitMqTopology::retry_queue(const std::string& queue,
                                          std::chrono::milliseconds delay) const {
  return name(fmt::format("{}:retry:{}", queue, delay.count()));
}

std::string RabbitMqTopology::results(const std::string& id) const {
  return name(has_result_queues() ? "result:" + id : "results");
}

void RabbitMqTopology::declare(AmqpConnection& connection) const {
  connection.declare_exchange(events(), "direct");
  connection.declare_exchange(dead(), "fanout");
  AmqpTable letters;
  add_type(letters, config_.rabbitmq.queue_type);
  letters.emplace_back("x-message-ttl", std::int64_t{config_.queue.dead_retention.count()});
  connection.declare_queue(dead(), letters);
  connection.bind(dead(), dead());
  for (const std::string& queue : config_.queue.names) {
    connection.declare_queue(name(queue), job_arguments());
  }
  if (!has_result_queues()) {
    declare_results(connection, "");
  }
}

AmqpTable RabbitMqTopology::job_arguments() const {
  AmqpTable arguments;
  add_type(arguments, config_.rabbitmq.queue_type);
  add_next(arguments, config_.rabbitmq.queue_type, dead());
  return arguments;
}

void RabbitMqTopology::declare_for_workers(AmqpConnection& connection) const {
  for (const std::string& queue : config_.queue.names) {
    connection.declare_queue(again(queue), job_arguments());
    AmqpTable waiting;
    add_type(waiting, config_.rabbitmq.queue_type);
    add_next(waiting, config_.rabbitmq.queue_type, "");
    waiting.emplace_back("x-dead-letter-routing-key", again(queue));
    for (const milliseconds delay : config_.queue.retry_delays) {
      connection.declare_queue(retry_queue(queue, delay), waiting);
    }
  }
}

std::uint64_t RabbitMqTopology::declare_results(AmqpConnection& connection,
                                                const std::string& id) const {
  AmqpTable arguments;
  if (has_result_queues()) {
    arguments = {{"x-queue-type", "classic"},
                 {"x-max-length", std::int64_t{1}},
                 {"x-overflow", "reject-publish"},
                 {"x-expires", std::int64_t{config_.queue.result_ttl.count()}}};
  } else {
    add_type(arguments, config_.rabbitmq.queue_type);
    arguments.emplace_back("x-message-ttl", std::int64_t{config_.queue.result_ttl.count()});
  }
  const AmqpQueueState state = connection.declare_queue(results(id), arguments);
  return state.kind == AmqpQueueState::Kind::other_arguments
             ? connection.look_at_queue(results(id)).messages
             : state.messages;
}

std::uint64_t RabbitMqTopology::waiting(AmqpConnection& connection) const {
  std::uint64_t messages = 0;
  for (const std::string& queue : config_.queue.names) {
    messages += connection.look_at_queue(name(queue)).messages;
  }
  return messages;
}

std::uint64_t RabbitMqTopology::delayed(AmqpConnection& connection) const {
  std::uint64_t messages = 0;
  for (const std::string& queue : config_.queue.names) {
    messages += connection.look_at_queue(again(queue)).messages;
    for (const milliseconds delay : config_.queue.retry_delays) {
      messages += connection.look_at_queue(retry_queue(queue, delay)).messages;
    }
  }
  return messages;
}

PriorDeliveries prior_deliveries(const AmqpTable& headers) {
  // Anybody may have written them.
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  const PriorDeliveries prior{number_in(headers, "x-attempts", 0),
                              number_in(headers, "x-returned", 0)};
  return prior.attempts > most || prior.returned > prior.attempts ? PriorDeliveries{} : prior;
}

AmqpTable job_headers(const PriorDeliveries& prior) {
  return {{"x-attempts", static_cast<std::int64_t>(prior.attempts)},
          {"x-returned", static_cast<std::int64_t>(prior.returned)}};
}

} // namespace worker
