// SPDX-License-Identifier: Apache-2.0
#include "queues/amqp_connection.hpp"

#include "queues/amqp_reply.hpp"
#include "queues/amqp_url.hpp"

#include <amqp_framing.h>

#include <algorithm>
#include <utility>

namespace worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint16_t not_found = 404;
constexpr std::uint16_t precondition_failed = 406;
constexpr std::uint8_t transient = 1;

int heartbeat_seconds(milliseconds silence) {
  return static_cast<int>(std::max<std::chrono::seconds::rep>(
      1, std::chrono::ceil<std::chrono::seconds>(silence).count()));
}

} // namespace

AmqpConnection::AmqpConnection(const RabbitMqConfig& config, milliseconds silence,
                               std::uint64_t max_body_bytes)
    : config_(config), heartbeat_s_(heartbeat_seconds(silence)), max_body_bytes_(max_body_bytes) {
  parse_amqp_url(config.url);
}

AmqpConnection::~AmqpConnection() {
  if (state_ != nullptr) {
    amqp_connection_close(state_.get(), AMQP_REPLY_SUCCESS);
  }
}

void AmqpConnection::close() noexcept {
  state_.reset();
  inbox_.clear();
}

void AmqpConnection::lost(const std::string& doing, const std::string& why) {
  close();
  throw amqp_error(doing, why);
}

void AmqpConnection::check(const amqp_rpc_reply_t& reply, const std::string& doing) {
  if (reply.reply_type != AMQP_RESPONSE_NORMAL) {
    lost(doing, failure(reply));
  }
}

void AmqpConnection::check(int status, const std::string& doing) {
  if (status != AMQP_STATUS_OK) {
    lost(doing, amqp_error_string2(status));
  }
}

bool AmqpConnection::open() {
  if (is_open()) {
    return false;
  }
  state_ = connect_amqp(config_, heartbeat_s_);
  published_ = 0;
  ++number_;
  return true;
}

/// After the server closed it.
void AmqpConnection::reopen_control() {
  amqp_channel_close_ok_t ok{};
  check(amqp_send_method(state_.get(), control_channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok),
        "channel.close-ok");
  amqp_channel_open(state_.get(), control_channel);
  check(amqp_get_rpc_reply(state_.get()), "open a channel");
}

AmqpQueueState AmqpConnection::declare(const std::string& queue, bool passive,
                                       const AmqpTable& arguments) {
  AmqpTableView view(arguments);
  const amqp_queue_declare_ok_t* const ok = amqp_queue_declare(
      state_.get(), control_channel, to_bytes(queue), passive ? 1 : 0, 1, 0, 0, view.get());
  if (ok != nullptr) {
    const AmqpQueueState state{AmqpQueueState::Kind::there, ok->message_count};
    amqp_maybe_release_buffers_on_channel(state_.get(), control_channel);
    return state;
  }
  const amqp_rpc_reply_t reply = amqp_get_rpc_reply(state_.get());
  if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION ||
      reply.reply.id != AMQP_CHANNEL_CLOSE_METHOD) {
    lost("queue " + queue, failure(reply));
  }
  const AmqpClosed why = closed(reply.reply);
  reopen_control();
  if (why.code == not_found) {
    return {AmqpQueueState::Kind::missing, 0};
  }
  if (why.code == precondition_failed) {
    return {AmqpQueueState::Kind::other_arguments, 0};
  }
  throw amqp_error("queue " + queue, why.text);
}

AmqpQueueState AmqpConnection::declare_queue(const std::string& queue, const AmqpTable& arguments) {
  return declare(queue, false, arguments);
}

AmqpQueueState AmqpConnection::look_at_queue(const std::string& queue) {
  return declare(queue, true, {});
}

void AmqpConnection::declare_exchange(const std::string& exchange, const std::string& type) {
  amqp_exchange_declare(state_.get(), control_channel, to_bytes(exchange), to_bytes(type), 0, 1, 0,
                        0, amqp_empty_table);
  check(amqp_get_rpc_reply(state_.get()), "exchange " + exchange);
}

void AmqpConnection::bind(const std::string& queue, const std::string& exchange) {
  amqp_queue_bind(state_.get(), control_channel, to_bytes(queue), to_bytes(exchange), to_bytes(""),
                  amqp_empty_table);
  check(amqp_get_rpc_reply(state_.get()), "bind " + queue);
}

void AmqpConnection::purge(const std::string& queue) {
  amqp_queue_purge(state_.get(), control_channel, to_bytes(queue));
  check(amqp_get_rpc_reply(state_.get()), "purge " + queue);
}

Confirmed AmqpConnection::publish(const std::string& exchange, const std::string& key,
                                  const AmqpMessage& message) {
  AmqpTableView headers(message.headers);
  const amqp_basic_properties_t properties = properties_of(message, headers);
  confirmed_.reset();
  returned_ = false;
  ++published_;
  check(amqp_basic_publish(state_.get(), work_channel, to_bytes(exchange), to_bytes(key), 1, 0,
                           &properties, to_bytes(message.body)),
        "publish to " + key);
  const auto deadline = steady_clock::now() + config_.timeout;
  while (!confirmed_) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left <= milliseconds{0} || !pump(left)) {
      lost("publish to " + key, "not confirmed in time");
    }
  }
  amqp_maybe_release_buffers(state_.get());
  return returned_ ? Confirmed::unroutable : *confirmed_;
}

void AmqpConnection::tell(const std::string& exchange, const std::string& key,
                          const std::string& body) {
  amqp_basic_properties_t properties{};
  properties._flags = AMQP_BASIC_DELIVERY_MODE_FLAG;
  properties.delivery_mode = transient;
  check(amqp_basic_publish(state_.get(), control_channel, to_bytes(exchange), to_bytes(key), 0, 0,
                           &properties, to_bytes(body)),
        "publish to " + exchange);
}

std::optional<AmqpMessage> AmqpConnection::get(const std::string& queue) {
  const amqp_rpc_reply_t reply = amqp_basic_get(state_.get(), work_channel, to_bytes(queue), 0);
  check(reply, "get from " + queue);
  if (reply.reply.id != AMQP_BASIC_GET_OK_METHOD) {
    amqp_maybe_release_buffers(state_.get());
    return std::nullopt;
  }
  const auto& ok = *static_cast<const amqp_basic_get_ok_t*>(reply.reply.decoded);
  const std::uint64_t tag = ok.delivery_tag;
  const bool redelivered = ok.redelivered != 0;
  AmqpMessage message = read_content();
  message.queue = queue;
  message.tag = tag;
  message.redelivered = redelivered;
  amqp_maybe_release_buffers(state_.get());
  return message;
}

void AmqpConnection::subscribe(const std::string& queue) {
  amqp_basic_consume(state_.get(), work_channel, to_bytes(queue), to_bytes(queue), 0, 0, 0,
                     amqp_empty_table);
  check(amqp_get_rpc_reply(state_.get()), "subscribe to " + queue);
}

void AmqpConnection::unsubscribe(const std::string& queue) {
  amqp_basic_cancel(state_.get(), work_channel, to_bytes(queue));
  check(amqp_get_rpc_reply(state_.get()), "unsubscribe from " + queue);
}

std::optional<AmqpMessage> AmqpConnection::await(milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  while (inbox_.empty()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (!pump(std::max(left, milliseconds{0}))) {
      return std::nullopt;
    }
  }
  AmqpMessage message = std::move(inbox_.front());
  inbox_.pop_front();
  amqp_maybe_release_buffers(state_.get());
  return message;
}

void AmqpConnection::acknowledge(std::uint64_t tag) {
  check(amqp_basic_ack(state_.get(), work_channel, tag, 0), "acknowledge");
}

void AmqpConnection::give_back(std::uint64_t tag, bool and_before) {
  check(amqp_basic_nack(state_.get(), work_channel, tag, and_before ? 1 : 0, 1), "give back");
}

void AmqpConnection::service() {
  while (pump(milliseconds{0})) {
  }
  amqp_maybe_release_buffers(state_.get());
}

amqp_frame_t AmqpConnection::next_frame() {
  amqp_frame_t frame{};
  const timeval timeout = to_timeval(config_.timeout);
  check(amqp_simple_wait_frame_noblock(state_.get(), &frame, &timeout), "read");
  return frame;
}

/// One method from the server, with its content; false when none came.
bool AmqpConnection::pump(milliseconds patience) {
  amqp_frame_t frame{};
  const timeval timeout = to_timeval(patience);
  const int status = amqp_simple_wait_frame_noblock(state_.get(), &frame, &timeout);
  if (status == AMQP_STATUS_TIMEOUT) {
    return false;
  }
  check(status, "read");
  if (frame.frame_type != AMQP_FRAME_METHOD) {
    lost("read", "a frame that belongs to no method");
  }
  handle(frame.channel, frame.payload.method);
  return true;
}

void AmqpConnection::handle(amqp_channel_t channel, const amqp_method_t& method) {
  switch (method.id) {
  case AMQP_BASIC_DELIVER_METHOD: {
    const auto& deliver = *static_cast<const amqp_basic_deliver_t*>(method.decoded);
    const std::string queue = to_text(deliver.consumer_tag); // as subscribe() has it
    const std::uint64_t tag = deliver.delivery_tag;
    const bool redelivered = deliver.redelivered != 0;
    AmqpMessage message = read_content();
    message.queue = queue;
    message.tag = tag;
    message.redelivered = redelivered;
    inbox_.push_back(std::move(message));
    break;
  }
  case AMQP_BASIC_ACK_METHOD:
    if (static_cast<const amqp_basic_ack_t*>(method.decoded)->delivery_tag == published_) {
      confirmed_ = Confirmed::accepted;
    }
    break;
  case AMQP_BASIC_NACK_METHOD:
    if (static_cast<const amqp_basic_nack_t*>(method.decoded)->delivery_tag == published_) {
      confirmed_ = Confirmed::refused;
    }
    break;
  case AMQP_BASIC_RETURN_METHOD:
    read_content();
    returned_ = true;
    break;
  case AMQP_CHANNEL_CLOSE_METHOD:
    if (channel == control_channel) {
      reopen_control();
      break;
    }
    [[fallthrough]];
  default:
    lost("the server says", closed(method).text);
  }
}

/// What follows a delivery's method. Methods that were kept while an answer was waited for come
/// before it, each with its own content.
AmqpMessage AmqpConnection::read_content() {
  amqp_frame_t frame = next_frame();
  while (frame.frame_type == AMQP_FRAME_METHOD) {
    handle(frame.channel, frame.payload.method);
    frame = next_frame();
  }
  if (frame.frame_type != AMQP_FRAME_HEADER) {
    lost("read", "a content without header");
  }
  AmqpMessage message =
      message_of(*static_cast<const amqp_basic_properties_t*>(frame.payload.properties.decoded),
                 frame.payload.properties.body_size);
  const bool kept = message.body_bytes <= max_body_bytes_;
  for (std::uint64_t read = 0; read < message.body_bytes;) {
    frame = next_frame();
    if (frame.frame_type != AMQP_FRAME_BODY) {
      lost("read", "a content that breaks off");
    }
    read += frame.payload.body_fragment.len;
    if (kept) {
      message.body += to_text(frame.payload.body_fragment);
    }
    amqp_maybe_release_buffers_on_channel(state_.get(),
                                          work_channel); // else a large one is held whole
  }
  return message;
}

} // namespace worker
