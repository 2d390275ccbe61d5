// SPDX-License-Identifier: Apache-2.0
//
// From a URL to a connection that has been logged in and has its channels open.
#pragma once

#include "queues/rabbitmq_config.hpp"

#include <amqp.h>
#include <sys/time.h>

#include <chrono>
#include <memory>

namespace worker {

/// What is delivered, published with confirmation and acknowledged; with a prefetch of 1.
constexpr amqp_channel_t work_channel = 1;
/// What the server may refuse.
constexpr amqp_channel_t control_channel = 2;

struct AmqpDestroyer {
  void operator()(amqp_connection_state_t state) const noexcept;
};
using AmqpState = std::unique_ptr<amqp_connection_state_t_, AmqpDestroyer>;

/// Throws QueueError.
AmqpState connect_amqp(const RabbitMqConfig& config, int heartbeat_s);

timeval to_timeval(std::chrono::milliseconds duration);

} // namespace worker
