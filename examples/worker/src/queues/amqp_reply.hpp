// SPDX-License-Identifier: Apache-2.0
//
// What went wrong, in words.
#pragma once

#include "queue.hpp"

#include <amqp.h>

#include <cstdint>
#include <string>

namespace worker {

/// Why the server closed the connection or a channel.
struct AmqpClosed {
  std::uint16_t code{0};
  std::string text{"no reason"};
};

AmqpClosed closed(const amqp_method_t& method);

/// Of a reply that is not the normal one.
std::string failure(const amqp_rpc_reply_t& reply);

QueueError amqp_error(const std::string& doing, const std::string& why);

} // namespace worker
