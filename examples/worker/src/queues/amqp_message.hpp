// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "queues/amqp_table.hpp"

#include <cstdint>
#include <string>

namespace worker {

struct AmqpMessage {
  std::string body{};
  std::uint64_t body_bytes{0}; // more than `body` has when it is larger than is accepted
  std::string message_id{};
  std::string type{};
  std::string expiration{}; // milliseconds, as a text
  std::uint64_t timestamp{0};
  AmqpTable headers{};
  // Of one that was delivered.
  std::string queue{};
  std::uint64_t tag{0};
  bool redelivered{false};
};

/// Persistent, as JSON. Points into `message` and `headers`.
amqp_basic_properties_t properties_of(const AmqpMessage& message, AmqpTableView& headers);

/// Without its body.
AmqpMessage message_of(const amqp_basic_properties_t& properties, std::uint64_t body_bytes);

} // namespace worker
