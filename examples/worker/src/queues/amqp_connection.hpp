// SPDX-License-Identifier: Apache-2.0
//
// One connection to a RabbitMQ server, made when it is first needed and again after it was lost.
// librabbitmq's calls are known here only. Used by one thread.
//
// It has two channels: what is delivered, published with confirmation and acknowledged goes over
// one, so that the server, when it has taken back a delivery, hears nothing of it any more; what
// the server may refuse (a queue with other arguments) goes over the other.
#pragma once

#include "queues/amqp_connect.hpp"
#include "queues/amqp_message.hpp"
#include "queues/amqp_table.hpp"
#include "queues/rabbitmq_config.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace worker {

enum class Confirmed : std::uint8_t {
  accepted,
  refused,    // by a queue: it is full, or failed
  unroutable, // there is no such queue
};

struct AmqpQueueState {
  enum class Kind : std::uint8_t { there, missing, other_arguments } kind{Kind::there};
  std::uint64_t messages{0}; // that wait; those delivered and not acknowledged are not told
};

class AmqpConnection {
 public:
  /// A peer that is silent for about `silence` is gone. Of a larger message than `max_body_bytes`
  /// the body is dropped. Throws std::invalid_argument for a URL that cannot be meant.
  AmqpConnection(const RabbitMqConfig& config, std::chrono::milliseconds silence,
                 std::uint64_t max_body_bytes);
  ~AmqpConnection();
  AmqpConnection(const AmqpConnection&) = delete;
  AmqpConnection& operator=(const AmqpConnection&) = delete;

  // Every function below throws QueueError, and closes the connection then.

  /// True when it was closed.
  bool open();
  bool is_open() const noexcept { return state_ != nullptr; }
  /// Of the connection: deliveries of another number are no longer this client's.
  std::uint64_t number() const noexcept { return number_; }

  AmqpQueueState declare_queue(const std::string& queue, const AmqpTable& arguments);
  AmqpQueueState look_at_queue(const std::string& queue);
  void declare_exchange(const std::string& exchange, const std::string& type);
  void bind(const std::string& queue, const std::string& exchange);
  void purge(const std::string& queue);

  /// Waits for the server to have it; `exchange` "" has `key` name a queue.
  Confirmed publish(const std::string& exchange, const std::string& key,
                    const AmqpMessage& message);
  /// To those who listen now; may be lost.
  void tell(const std::string& exchange, const std::string& key, const std::string& body);

  std::optional<AmqpMessage> get(const std::string& queue);
  void subscribe(const std::string& queue);
  void unsubscribe(const std::string& queue);
  /// What a subscription brought; nothing after `patience`.
  std::optional<AmqpMessage> await(std::chrono::milliseconds patience);
  void acknowledge(std::uint64_t tag);
  /// Back into its queue; with `and_before` all earlier ones too.
  void give_back(std::uint64_t tag, bool and_before);

  /// Answers the server's heartbeats, and hears what it has to say.
  void service();
  void close() noexcept;

 private:
  void reopen_control();
  AmqpQueueState declare(const std::string& queue, bool passive, const AmqpTable& arguments);
  amqp_frame_t next_frame();
  bool pump(std::chrono::milliseconds patience);
  void handle(amqp_channel_t channel, const amqp_method_t& method);
  AmqpMessage read_content();
  void check(const amqp_rpc_reply_t& reply, const std::string& doing);
  void check(int status, const std::string& doing);
  [[noreturn]] void lost(const std::string& doing, const std::string& why);

  RabbitMqConfig config_;
  int heartbeat_s_;
  std::uint64_t max_body_bytes_;
  AmqpState state_{};
  std::uint64_t number_{0};
  std::uint64_t published_{0};
  std::optional<Confirmed> confirmed_{};
  bool returned_{false};
  std::deque<AmqpMessage> inbox_{};
};

} // namespace worker
