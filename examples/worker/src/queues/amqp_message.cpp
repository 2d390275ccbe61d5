// SPDX-License-Identifier: Apache-2.0
#include "queues/amqp_message.hpp"

namespace worker {
namespace {

constexpr std::uint8_t persistent = 2;

} // namespace

amqp_basic_properties_t properties_of(const AmqpMessage& message, AmqpTableView& headers) {
  amqp_basic_properties_t properties{};
  properties._flags =
      AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_HEADERS_FLAG;
  properties.delivery_mode = persistent;
  properties.content_type = to_bytes("application/json");
  properties.headers = headers.get();
  const auto set = [&](amqp_bytes_t& field, amqp_flags_t flag, const std::string& value) {
    if (!value.empty()) {
      field = to_bytes(value);
      properties._flags |= flag;
    }
  };
  set(properties.message_id, AMQP_BASIC_MESSAGE_ID_FLAG, message.message_id);
  set(properties.type, AMQP_BASIC_TYPE_FLAG, message.type);
  set(properties.expiration, AMQP_BASIC_EXPIRATION_FLAG, message.expiration);
  if (message.timestamp != 0) {
    properties.timestamp = message.timestamp;
    properties._flags |= AMQP_BASIC_TIMESTAMP_FLAG;
  }
  return properties;
}

AmqpMessage message_of(const amqp_basic_properties_t& properties, std::uint64_t body_bytes) {
  AmqpMessage message;
  message.body_bytes = body_bytes;
  const auto has = [&](amqp_flags_t flag) { return (properties._flags & flag) != 0; };
  if (has(AMQP_BASIC_MESSAGE_ID_FLAG)) {
    message.message_id = to_text(properties.message_id);
  }
  if (has(AMQP_BASIC_TYPE_FLAG)) {
    message.type = to_text(properties.type);
  }
  if (has(AMQP_BASIC_TIMESTAMP_FLAG)) {
    message.timestamp = properties.timestamp;
  }
  if (has(AMQP_BASIC_HEADERS_FLAG)) {
    message.headers = to_table(properties.headers);
  }
  return message;
}

} // namespace worker
