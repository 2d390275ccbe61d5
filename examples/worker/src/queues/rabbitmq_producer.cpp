// SPDX-License-Identifier: Apache-2.0
#include "queues/rabbitmq_producer.hpp"

#include "queue.hpp"
#include "queues/payload_id.hpp"

#include <sandbox/limits.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace worker {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds look_again{200};
constexpr std::chrono::seconds silence{60};
/// Of what the worker published itself.
constexpr std::uint64_t any_size = 1024 * sandbox::MiB;

/// One that the server made a dead letter itself has no handle of the worker's.
std::string handle_of(const AmqpMessage& letter) {
  const bool ours = !text_in(letter.headers, "x-reason").empty();
  return ours ? letter.message_id
              : fmt::format("by-server:{:016x}", std::hash<std::string>{}(letter.body));
}

DeadLetter letter_of(const AmqpMessage& message) {
  const std::string reason = text_in(message.headers, "x-reason");
  const std::string log = text_in(message.headers, "x-log");
  return {handle_of(message),
          reason.empty() ? id_in_payload(message.body) : text_in(message.headers, "x-job"),
          text_in(message.headers, "x-queue"),
          reason.empty() ? "the server made it one" : reason,
          text_in(message.headers, "x-worker"),
          number_in(message.headers, "x-attempt", 0),
          number_in(message.headers, "x-payload-bytes", message.body_bytes),
          log.empty() ? "[]" : log,
          message.body};
}

} // namespace

RabbitMqProducer::RabbitMqProducer(const Config& config)
    : config_(config), topology_(config), connection_(config.rabbitmq, silence, any_size) {}

void RabbitMqProducer::open() {
  if (connection_.open()) {
    topology_.declare(connection_);
  }
}

void RabbitMqProducer::need_result_queues() const {
  if (!topology_.has_result_queues()) {
    throw QueueError("rabbitmq: with rabbitmq.results: one_queue nothing is kept by id; read the "
                     "queue " +
                     topology_.results(""));
  }
}

/// Two who submit the same id at the same moment may both be told that it was accepted; it has one
/// result all the same.
Submitted RabbitMqProducer::submit(const std::string& queue, const std::string& id,
                                   const std::string& payload) {
  open();
  if (topology_.has_result_queues() &&
      connection_.look_at_queue(topology_.results(id)).kind == AmqpQueueState::Kind::there) {
    return Submitted::duplicate;
  }
  if (topology_.waiting(connection_) >= config_.queue.max_depth) {
    return Submitted::full;
  }
  AmqpMessage message;
  message.body = payload;
  message.message_id = id;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  message.headers = {
      {submitted_header, std::int64_t{std::chrono::floor<milliseconds>(now).count()}}};
  switch (connection_.publish("", topology_.name(queue), message)) {
  case Confirmed::refused:
    return Submitted::full; // by a policy of the operator's
  case Confirmed::unroutable:
    throw QueueError("rabbitmq: there is no queue " + topology_.name(queue));
  case Confirmed::accepted:
    break;
  }
  if (topology_.has_result_queues()) {
    topology_.declare_results(connection_, id);
  }
  return Submitted::accepted;
}

/// A result is looked at and left where it is.
std::optional<AmqpMessage> RabbitMqProducer::peek(const std::string& id) {
  std::optional<AmqpMessage> message = connection_.get(topology_.results(id));
  if (message) {
    connection_.give_back(message->tag, false);
  }
  return message;
}

JobStatus RabbitMqProducer::status(const std::string& id) {
  need_result_queues();
  open();
  if (connection_.look_at_queue(topology_.results(id)).kind == AmqpQueueState::Kind::missing) {
    return {};
  }
  const std::optional<AmqpMessage> message = peek(id);
  if (!message) {
    return {"pending", 0, "", ""};
  }
  return {message->type, number_in(message->headers, "x-attempts", 0), "",
          text_in(message->headers, "x-reason")};
}

std::optional<std::string> RabbitMqProducer::result(const std::string& id) {
  need_result_queues();
  open();
  if (connection_.look_at_queue(topology_.results(id)).kind == AmqpQueueState::Kind::missing) {
    return std::nullopt;
  }
  std::optional<AmqpMessage> message = peek(id);
  return message && message->type != "dead" ? std::optional(std::move(message->body))
                                            : std::nullopt;
}

std::optional<std::string> RabbitMqProducer::wait(const std::string& id, milliseconds patience) {
  need_result_queues();
  open();
  const auto deadline = steady_clock::now() + patience;
  const auto left = [&] {
    return std::max(milliseconds{0},
                    std::chrono::ceil<milliseconds>(deadline - steady_clock::now()));
  };
  // Not declared here: an id whose queue is there is taken, and nobody could submit it any more.
  while (connection_.look_at_queue(topology_.results(id)).kind == AmqpQueueState::Kind::missing) {
    if (left() == milliseconds{0}) {
      return std::nullopt;
    }
    std::this_thread::sleep_for(std::min(look_again, left()));
  }
  connection_.subscribe(topology_.results(id));
  std::optional<AmqpMessage> message = connection_.await(left());
  connection_.unsubscribe(topology_.results(id));
  if (!message) {
    return std::nullopt;
  }
  connection_.give_back(message->tag, false);
  return message->type == "dead" ? std::nullopt : std::optional(std::move(message->body));
}

std::vector<DeadLetter> RabbitMqProducer::dead_letters(std::uint64_t most) {
  open();
  std::vector<DeadLetter> letters;
  std::uint64_t last = 0;
  while (letters.size() < most) {
    const std::optional<AmqpMessage> message = connection_.get(topology_.dead());
    if (!message) {
      break;
    }
    last = message->tag;
    letters.push_back(letter_of(*message));
  }
  if (last != 0) {
    connection_.give_back(last, true);
  }
  return letters;
}

/// Held by this connection afterwards, those before it given back.
std::optional<AmqpMessage> RabbitMqProducer::find_letter(const std::string& handle) {
  open();
  std::uint64_t before = 0;
  std::optional<AmqpMessage> message;
  while ((message = connection_.get(topology_.dead())) && handle_of(*message) != handle) {
    before = message->tag;
  }
  if (before != 0) {
    connection_.give_back(before, true);
  }
  return message;
}

/// Why not; nothing when it is in its queue again.
std::optional<std::string> RabbitMqProducer::put_back(const AmqpMessage& message) {
  const DeadLetter letter = letter_of(message);
  if (letter.payload_bytes != message.body.size()) {
    return "its payload was too large to be kept";
  }
  if (!letter.job_id.empty() && topology_.has_result_queues()) {
    const JobStatus known = status(letter.job_id);
    if (known.status == "done" || known.status == "refused") {
      return "a job with this id was submitted since";
    }
    topology_.declare_results(connection_, letter.job_id);
    connection_.purge(topology_.results(letter.job_id)); // the mark of its death
  }
  AmqpMessage job;
  job.body = message.body;
  job.message_id = letter.job_id;
  job.headers = job_headers({letter.attempt, letter.attempt});
  const std::string queue = letter.queue.empty() ? config_.queue.names.front() : letter.queue;
  return connection_.publish("", topology_.name(queue), job) == Confirmed::accepted
             ? std::nullopt
             : std::optional("its queue " + topology_.name(queue) + " does not take it");
}

std::optional<std::string> RabbitMqProducer::replay(const std::string& handle) {
  const std::optional<AmqpMessage> message = find_letter(handle);
  if (!message) {
    return "there is no such dead letter";
  }
  std::optional<std::string> refusal = put_back(*message);
  if (refusal) {
    connection_.give_back(message->tag, false);
  } else {
    connection_.acknowledge(message->tag);
  }
  return refusal;
}

bool RabbitMqProducer::discard(const std::string& handle) {
  const std::optional<AmqpMessage> message = find_letter(handle);
  if (message) {
    connection_.acknowledge(message->tag);
  }
  return message.has_value();
}

} // namespace worker
