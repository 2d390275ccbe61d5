// SPDX-License-Identifier: Apache-2.0
#include "queues/rabbitmq.hpp"

#include "job.hpp"
#include "queues/burial_log.hpp"
#include "queues/payload_id.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace worker {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

/// All headers of a message must fit into one frame of 128 KiB.
constexpr std::size_t max_log_bytes = 64UL * 1024;
constexpr std::size_t max_reason_bytes = 4UL * 1024;

constexpr milliseconds look_again{1'000};

/// By the clocks of who submitted and of this machine: told to people, never decided by.
milliseconds waited_since(std::uint64_t since_ms) {
  const auto age = system_clock::now() - system_clock::time_point(milliseconds(since_ms));
  return since_ms == 0 ? milliseconds{0}
                       : std::max(milliseconds{0}, std::chrono::floor<milliseconds>(age));
}

std::string text_of(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

RabbitMq::RabbitMq(const Config& config, std::string consumer)
    : config_(config), consumer_(std::move(consumer)), topology_(config),
      connection_(config.rabbitmq, config.queue.lease, config.queue.max_payload_bytes) {}

void RabbitMq::open() {
  if (connection_.open()) {
    subscribed_ = false;
    held_.clear();
    topology_.declare(connection_);
    topology_.declare_for_workers(connection_);
    looked_again_ = {};
  }
}

std::optional<Delivery> RabbitMq::take(milliseconds patience) {
  open();
  const auto deadline = steady_clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    std::optional<AmqpMessage> message = next(std::max(left, milliseconds{0}));
    if (!message) {
      return std::nullopt;
    }
    if (std::optional<Delivery> delivery = begin(*std::move(message))) {
      return delivery;
    }
  }
}

/// A lane that has nothing to do is woken by subscriptions to all queues. One that does asks for
/// one job at a time, in the queues' order: else it would hold a job of each queue while it runs
/// another, and idle lanes could not have them.
std::optional<AmqpMessage> RabbitMq::next(milliseconds patience) {
  if (!subscribed_) {
    if (std::optional<AmqpMessage> left = connection_.await(milliseconds{0})) {
      return left;
    }
    if (std::optional<AmqpMessage> message = get()) {
      return message;
    }
    if (patience == milliseconds{0}) {
      return std::nullopt;
    }
    subscribe();
  }
  std::optional<AmqpMessage> message = connection_.await(patience);
  if (message) {
    unsubscribe();
  }
  return message;
}

/// Jobs that were delivered before are few: under load they are asked for once in a while.
std::optional<AmqpMessage> RabbitMq::get() {
  const bool again = steady_clock::now() - looked_again_ >= look_again;
  looked_again_ = again ? steady_clock::now() : looked_again_;
  for (const std::string& queue : config_.queue.names) {
    std::optional<AmqpMessage> message;
    if (again && (message = connection_.get(topology_.again(queue)))) {
      looked_again_ = {}; // there may be more
      return message;
    }
    if ((message = connection_.get(topology_.name(queue)))) {
      return message;
    }
  }
  return std::nullopt;
}

void RabbitMq::subscribe() {
  for (const std::string& queue : config_.queue.names) {
    connection_.subscribe(topology_.again(queue));
    connection_.subscribe(topology_.name(queue));
  }
  subscribed_ = true;
}

void RabbitMq::unsubscribe() {
  for (const std::string& queue : config_.queue.names) {
    connection_.unsubscribe(topology_.again(queue));
    connection_.unsubscribe(topology_.name(queue));
  }
  subscribed_ = false;
}

/// What a subscription brought and nobody will ask for: the lane hands it back.
std::optional<Delivery> RabbitMq::taken_along() {
  if (!connection_.is_open()) {
    return std::nullopt;
  }
  if (subscribed_) {
    unsubscribe();
  }
  std::optional<AmqpMessage> message = connection_.await(milliseconds{0});
  return message ? begin(*std::move(message)) : std::nullopt;
}

/// Nothing when the job is not to be run: it was done, or is a dead letter now.
std::optional<Delivery> RabbitMq::begin(AmqpMessage message) {
  if (!is_counted(message)) {
    return std::nullopt;
  }
  const std::uint64_t payload_bytes = message.body_bytes;
  Delivery delivery = delivery_of(std::move(message));
  if (is_done(delivery) || is_undeliverable(delivery, payload_bytes)) {
    end(delivery);
    return std::nullopt;
  }
  return delivery;
}

std::string RabbitMq::plain_name(const std::string& queue) const {
  constexpr std::string_view mark = ":again";
  std::string plain = queue.substr(config_.rabbitmq.queue_prefix.size());
  if (plain.ends_with(mark)) {
    plain.resize(plain.size() - mark.size());
  }
  return plain;
}

/// What a lost worker had is put back with a count of ours. The server's own, which classic queues
/// do not have, counts too much: of a worker that dies it tries one idle connection after another
/// before it knows that none of them lives.
bool RabbitMq::is_counted(const AmqpMessage& message) {
  if (!message.redelivered || message.body.size() != message.body_bytes) {
    return true;
  }
  AmqpMessage copy = message;
  PriorDeliveries prior = prior_deliveries(message.headers);
  ++prior.attempts;
  const std::uint64_t since_ms =
      number_in(message.headers, submitted_header, message.timestamp * 1000);
  copy.headers = job_headers(prior);
  copy.headers.emplace_back(submitted_header, static_cast<std::int64_t>(since_ms));
  const std::string queue = topology_.again(plain_name(message.queue));
  if (connection_.publish("", queue, copy) != Confirmed::accepted) {
    throw QueueError("rabbitmq: queue " + queue + " does not take back a job");
  }
  connection_.acknowledge(message.tag);
  ++events_.reclaimed;
  looked_again_ = {};
  return false;
}

Delivery RabbitMq::delivery_of(AmqpMessage&& message) {
  PriorDeliveries prior = prior_deliveries(message.headers);
  ++prior.attempts;
  Delivery delivery;
  delivery.queue = plain_name(message.queue);
  delivery.handle = fmt::format("{}:{}", connection_.number(), message.tag);
  // Of a payload that was too large to be kept the message may tell whose it is.
  const bool whole = message.body.size() == message.body_bytes;
  delivery.job_id = whole                           ? id_in_payload(message.body)
                    : is_job_id(message.message_id) ? message.message_id
                                                    : std::string();
  delivery.attempt = prior.attempts;
  delivery.deliveries = static_cast<unsigned>(prior.attempts - prior.returned);
  const std::uint64_t since_ms =
      number_in(message.headers, submitted_header, message.timestamp * 1000);
  delivery.waited = waited_since(since_ms);
  delivery.payload = std::move(message.body);
  held_[delivery.handle] = {connection_.number(), message.tag, prior, since_ms};
  return delivery;
}

bool RabbitMq::is_done(const Delivery& delivery) {
  if (delivery.job_id.empty() || !topology_.has_result_queues() ||
      topology_.declare_results(connection_, delivery.job_id) == 0) {
    return false;
  }
  ++events_.duplicates;
  return true;
}

bool RabbitMq::is_undeliverable(const Delivery& delivery, std::uint64_t payload_bytes) {
  Burial burial;
  Delivery last = delivery;
  if (payload_bytes > config_.queue.max_payload_bytes) {
    burial.reason = fmt::format("a payload of {} bytes; {} are accepted", payload_bytes,
                                config_.queue.max_payload_bytes);
  } else if (delivery.deliveries > config_.queue.max_deliveries) {
    --last.attempt;
    burial.reason =
        fmt::format("delivered {} times, and no worker finished it", delivery.deliveries - 1);
  } else {
    return false;
  }
  publish_dead_letter(last, burial, payload_bytes);
  ++events_.buried;
  return true;
}

const RabbitMq::Held* RabbitMq::held(const Delivery& delivery) const {
  const auto found = held_.find(delivery.handle);
  return found != held_.end() && connection_.is_open() &&
                 found->second.connection == connection_.number()
             ? &found->second
             : nullptr;
}

void RabbitMq::end(const Delivery& delivery) {
  if (const Held* const each = held(delivery)) {
    connection_.acknowledge(each->tag);
  }
  held_.erase(delivery.handle);
}

bool RabbitMq::extend(const Delivery& delivery) {
  if (held(delivery) == nullptr) {
    return false;
  }
  try {
    connection_.service();
  } catch (const QueueError&) {
    return false; // the job went back into its queue with the connection
  }
  return true;
}

/// The first result under an id stays: its queue refuses a second one.
Confirmed RabbitMq::publish_result(const std::string& id, const AmqpMessage& message) {
  Confirmed confirmed = connection_.publish("", topology_.results(id), message);
  if (confirmed == Confirmed::unroutable) { // it expired while the job ran
    topology_.declare_results(connection_, id);
    confirmed = connection_.publish("", topology_.results(id), message);
  }
  if (confirmed != Confirmed::accepted &&
      (!topology_.has_result_queues() || topology_.declare_results(connection_, id) == 0)) {
    throw QueueError("rabbitmq: " + topology_.results(id) + " does not take a result");
  }
  return confirmed;
}

Published RabbitMq::publish(const Delivery& delivery, const Outcome& outcome,
                            const std::string& result, bool /*more*/) {
  const Held* const each = held(delivery);
  if (each == nullptr) {
    return Published::stale;
  }
  AmqpMessage message;
  message.body = result;
  message.message_id = outcome.job_id;
  message.type = outcome.status;
  message.headers = job_headers(each->prior);
  const Confirmed confirmed = publish_result(outcome.job_id, message);
  try {
    if (!outcome.callback.empty()) {
      connection_.tell(topology_.events(), "callback:" + outcome.callback,
                       text_of({{"id", outcome.job_id}, {"status", outcome.status}}));
    }
    end(delivery);
  } catch (const QueueError&) {
    // It is delivered again, and found to be done.
  }
  return confirmed == Confirmed::accepted ? Published::done : Published::stale;
}

void RabbitMq::publish_job(const std::string& queue, const Delivery& delivery, const Held& held,
                           const std::string& expiration) {
  AmqpMessage message;
  message.body = delivery.payload;
  message.message_id = delivery.job_id;
  message.headers = job_headers(held.prior);
  message.headers.emplace_back(submitted_header, static_cast<std::int64_t>(held.since_ms));
  message.expiration = expiration;
  if (connection_.publish("", queue, message) != Confirmed::accepted) {
    throw QueueError("rabbitmq: queue " + queue + " does not take back a job");
  }
}

/// A message that waits keeps those behind it waiting: there is a queue for each delay, in which
/// only the jitter is at stake.
void RabbitMq::retry(const Delivery& delivery, milliseconds delay, std::string_view /*why*/) {
  const Held* const each = held(delivery);
  if (each == nullptr) {
    return;
  }
  milliseconds base = config_.queue.retry_delays.front();
  for (const milliseconds one : config_.queue.retry_delays) {
    base = one <= delay ? std::max(base, one) : base;
  }
  publish_job(topology_.retry_queue(delivery.queue, base), delivery, *each,
              std::to_string(delay.count()));
  end(delivery);
}

void RabbitMq::hand_back(const Delivery& delivery) {
  const Held* const each = held(delivery);
  if (each == nullptr) {
    return;
  }
  Held untried = *each;
  ++untried.prior.returned;
  publish_job(topology_.again(delivery.queue), delivery, untried, "");
  end(delivery);
}

void RabbitMq::publish_dead_letter(const Delivery& delivery, const Burial& burial,
                                   std::uint64_t payload_bytes) {
  const std::string reason = beginning(burial.reason, max_reason_bytes);
  AmqpMessage letter;
  letter.body = delivery.payload;
  letter.message_id = fmt::format("{}:{}:{}", consumer_, delivery.handle, ++letters_);
  letter.headers = {{"x-job", delivery.job_id},
                    {"x-queue", delivery.queue},
                    {"x-reason", reason},
                    {"x-worker", consumer_},
                    {"x-attempt", static_cast<std::int64_t>(delivery.attempt)},
                    {"x-payload-bytes", static_cast<std::int64_t>(payload_bytes)},
                    {"x-log", burial_log(burial, max_log_bytes)}};
  if (connection_.publish(topology_.dead(), "", letter) != Confirmed::accepted) {
    throw QueueError("rabbitmq: " + topology_.dead() + " does not take a dead letter");
  }
  if (delivery.job_id.empty() || !topology_.has_result_queues()) {
    return;
  }
  // Stands in the result's place: who waits hears of it, and nothing else comes under this id.
  AmqpMessage mark;
  mark.message_id = delivery.job_id;
  mark.type = "dead";
  mark.headers = {{"x-reason", reason}, {"x-attempts", letter.headers[4].second}};
  publish_result(delivery.job_id, mark);
}

void RabbitMq::bury(const Delivery& delivery, const Burial& burial) {
  if (held(delivery) != nullptr) {
    publish_dead_letter(delivery, burial, delivery.payload.size());
    end(delivery);
  }
}

void RabbitMq::progress(const Delivery& delivery, const std::string& event) {
  if (held(delivery) != nullptr) {
    connection_.tell(topology_.events(), "job:" + delivery.job_id, event);
  }
}

Depth RabbitMq::depth() {
  open();
  return {topology_.waiting(connection_) + topology_.delayed(connection_), 0,
          connection_.look_at_queue(topology_.dead()).messages};
}

void RabbitMq::ping() {
  open();
  connection_.look_at_queue(topology_.dead());
}

} // namespace worker
