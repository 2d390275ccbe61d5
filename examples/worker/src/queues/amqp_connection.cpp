// SPDX-License-Identifier: Apache-2.0
#include "queues/amqp_connection.hpp"

#include "queue.hpp"
#include "queues/amqp_url.hpp"

#include <fmt/format.h>

#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <sys/time.h>

#include <algorithm>
#include <utility>

namespace worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr amqp_channel_t work = 1;
constexpr amqp_channel_t control = 2;
constexpr int max_frame_bytes = 128 * 1024;
constexpr std::uint16_t not_found = 404;
constexpr std::uint16_t precondition_failed = 406;
constexpr std::uint8_t transient = 1;
constexpr std::uint8_t persistent = 2;
/// Debian's; what other systems have, rabbitmq.ca_file names.
constexpr const char* system_ca_file = "/etc/ssl/certs/ca-certificates.crt";

timeval to_timeval(milliseconds duration) {
  return {duration.count() / 1000, duration.count() % 1000 * 1000};
}

/// Why the server closed the connection or a channel.
struct Closed {
  std::uint16_t code{0};
  std::string text{"no reason"};
};

Closed closed(const amqp_method_t& method) {
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

int heartbeat_seconds(milliseconds silence) {
  return static_cast<int>(std::max<std::chrono::seconds::rep>(
      1, std::chrono::ceil<std::chrono::seconds>(silence).count()));
}

} // namespace

void AmqpConnection::Destroyer::operator()(amqp_connection_state_t state) const noexcept {
  amqp_destroy_connection(state);
}

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
  throw QueueError(fmt::format("rabbitmq: {}: {}", doing, why));
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
  connect();
  log_in();
  open_channels();
  ++number_;
  return true;
}

void AmqpConnection::connect() {
  const AmqpUrl url = parse_amqp_url(config_.url);
  state_.reset(amqp_new_connection());
  amqp_socket_t* const socket = state_ == nullptr ? nullptr
                                : url.encrypted   ? amqp_ssl_socket_new(state_.get())
                                                  : amqp_tcp_socket_new(state_.get());
  if (socket == nullptr) {
    lost("connect", "out of memory");
  }
  if (url.encrypted) {
    const std::string file = config_.ca_file.empty() ? system_ca_file : config_.ca_file;
    check(amqp_ssl_socket_set_cacert(socket, file.c_str()), file);
    amqp_ssl_socket_set_verify_peer(socket, 1);
    amqp_ssl_socket_set_verify_hostname(socket, 1);
  }
  const timeval timeout = to_timeval(config_.timeout);
  amqp_set_handshake_timeout(state_.get(), &timeout);
  amqp_set_rpc_timeout(state_.get(), &timeout);
  check(amqp_socket_open_noblock(socket, url.host.c_str(), url.port, &timeout),
        fmt::format("connect to {}:{}", url.host, url.port));
}

void AmqpConnection::log_in() {
  const AmqpUrl url = parse_amqp_url(config_.url);
  check(amqp_login(state_.get(), url.vhost.c_str(), 0, max_frame_bytes, heartbeat_s_,
                   AMQP_SASL_METHOD_PLAIN, url.user.c_str(), url.password.c_str()),
        fmt::format("log in as {}", url.user));
}

void AmqpConnection::open_channels() {
  for (const amqp_channel_t channel : {work, control}) {
    amqp_channel_open(state_.get(), channel);
    check(amqp_get_rpc_reply(state_.get()), "open a channel");
  }
  amqp_confirm_select(state_.get(), work);
  check(amqp_get_rpc_reply(state_.get()), "confirm.select");
  // A lane does one job at a time; what else it held would wait for it, with other lanes idle.
  amqp_basic_qos(state_.get(), work, 0, 1, 0);
  check(amqp_get_rpc_reply(state_.get()), "basic.qos");
  published_ = 0;
}

/// After the server closed it.
void AmqpConnection::reopen_control() {
  amqp_channel_close_ok_t ok{};
  check(amqp_send_method(state_.get(), control, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok),
        "channel.close-ok");
  amqp_channel_open(state_.get(), control);
  check(amqp_get_rpc_reply(state_.get()), "open a channel");
}

AmqpQueueState AmqpConnection::declare(const std::string& queue, bool passive,
                                       const AmqpTable& arguments) {
  AmqpTableView view(arguments);
  const amqp_queue_declare_ok_t* const ok = amqp_queue_declare(
      state_.get(), control, to_bytes(queue), passive ? 1 : 0, 1, 0, 0, view.get());
  if (ok != nullptr) {
    const AmqpQueueState state{AmqpQueueState::Kind::there, ok->message_count};
    amqp_maybe_release_buffers_on_channel(state_.get(), control);
    return state;
  }
  const amqp_rpc_reply_t reply = amqp_get_rpc_reply(state_.get());
  if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION ||
      reply.reply.id != AMQP_CHANNEL_CLOSE_METHOD) {
    lost("queue " + queue, failure(reply));
  }
  const Closed why = closed(reply.reply);
  reopen_control();
  if (why.code == not_found) {
    return {AmqpQueueState::Kind::missing, 0};
  }
  if (why.code == precondition_failed) {
    return {AmqpQueueState::Kind::other_arguments, 0};
  }
  throw QueueError(fmt::format("rabbitmq: queue {}: {}", queue, why.text));
}

AmqpQueueState AmqpConnection::declare_queue(const std::string& queue, const AmqpTable& arguments) {
  return declare(queue, false, arguments);
}

AmqpQueueState AmqpConnection::look_at_queue(const std::string& queue) {
  return declare(queue, true, {});
}

void AmqpConnection::declare_exchange(const std::string& exchange, const std::string& type) {
  amqp_exchange_declare(state_.get(), control, to_bytes(exchange), to_bytes(type), 0, 1, 0, 0,
                        amqp_empty_table);
  check(amqp_get_rpc_reply(state_.get()), "exchange " + exchange);
}

void AmqpConnection::bind(const std::string& queue, const std::string& exchange) {
  amqp_queue_bind(state_.get(), control, to_bytes(queue), to_bytes(exchange), to_bytes(""),
                  amqp_empty_table);
  check(amqp_get_rpc_reply(state_.get()), "bind " + queue);
}

void AmqpConnection::purge(const std::string& queue) {
  amqp_queue_purge(state_.get(), control, to_bytes(queue));
  check(amqp_get_rpc_reply(state_.get()), "purge " + queue);
}

Confirmed AmqpConnection::publish(const std::string& exchange, const std::string& key,
                                  const AmqpMessage& message) {
  AmqpTableView headers(message.headers);
  const amqp_basic_properties_t properties = properties_of(message, headers);
  confirmed_.reset();
  returned_ = false;
  ++published_;
  check(amqp_basic_publish(state_.get(), work, to_bytes(exchange), to_bytes(key), 1, 0, &properties,
                           to_bytes(message.body)),
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
  check(amqp_basic_publish(state_.get(), control, to_bytes(exchange), to_bytes(key), 0, 0,
                           &properties, to_bytes(body)),
        "publish to " + exchange);
}

std::optional<AmqpMessage> AmqpConnection::get(const std::string& queue) {
  const amqp_rpc_reply_t reply = amqp_basic_get(state_.get(), work, to_bytes(queue), 0);
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
  amqp_basic_consume(state_.get(), work, to_bytes(queue), to_bytes(queue), 0, 0, 0,
                     amqp_empty_table);
  check(amqp_get_rpc_reply(state_.get()), "subscribe to " + queue);
}

void AmqpConnection::unsubscribe(const std::string& queue) {
  amqp_basic_cancel(state_.get(), work, to_bytes(queue));
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
  check(amqp_basic_ack(state_.get(), work, tag, 0), "acknowledge");
}

void AmqpConnection::give_back(std::uint64_t tag, bool and_before) {
  check(amqp_basic_nack(state_.get(), work, tag, and_before ? 1 : 0, 1), "give back");
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
    if (channel == control) {
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
    amqp_maybe_release_buffers_on_channel(state_.get(), work); // else a large one is held whole
  }
  return message;
}

} // namespace worker
