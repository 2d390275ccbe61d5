// SPDX-License-Identifier: Apache-2.0
#include "queues/amqp_reply.hpp"

#include "queues/amqp_table.hpp"

#include <fmt/format.h>

#include <amqp_framing.h>

namespace worker {

AmqpClosed closed(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto& close = *static_cast<const amqp_channel_close_t*>(method.decoded);
    return {close.reply_code, to_text(close.reply_text)};
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto& close = *static_cast<const amqp_connection_close_t*>(method.decoded);
    return {close.reply_code, to_text(close.reply_text)};
  }
  return {0, fmt::format("unexpected method {:#x}", method.id)};
}

std::string failure(const amqp_rpc_reply_t& reply) {
  switch (reply.reply_type) {
  case AMQP_RESPONSE_LIBRARY_EXCEPTION:
    return amqp_error_string2(reply.library_error);
  case AMQP_RESPONSE_SERVER_EXCEPTION:
    return closed(reply.reply).text;
  default:
    return "no answer";
  }
}

QueueError amqp_error(const std::string& doing, const std::string& why) {
  return QueueError(fmt::format("rabbitmq: {}: {}", doing, why));
}

} // namespace worker
