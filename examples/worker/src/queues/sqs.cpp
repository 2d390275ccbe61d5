// SPDX-License-Identifier: Apache-2.0
#include "queues/sqs.hpp"

#include "queues/burial_log.hpp"
#include "queues/payload_id.hpp"
#include "queues/sqs_message.hpp"
#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace worker {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::size_t max_log_bytes = 64UL * 1024;
constexpr std::size_t max_reason_bytes = 4UL * 1024;
/// The attributes of a dead letter but its log.
constexpr std::size_t letter_bytes = 8UL * 1024;
constexpr std::uint64_t most_attempts = std::numeric_limits<std::uint32_t>::max();
/// SQS takes no empty body.
constexpr const char* left_out = "null";
constexpr const char* no_log = "[]";

seconds whole(milliseconds duration) {
  return std::chrono::ceil<seconds>(duration);
}

/// The message is another's, or was deleted.
bool is_lost(const SqsError& error) {
  return error.code() == "MessageNotInflight" || error.code() == "ReceiptHandleIsInvalid" ||
         error.code() == "InvalidParameterValue";
}

/// It will be the next time too; what else is refused (a queue that is not there, a right that is
/// missing) may be mended.
bool is_refused_for_good(const SqsError& error) {
  return error.code() == "InvalidParameterValue" || error.code() == "InvalidMessageContents" ||
         error.code() == "status 413"; // of a gateway before the server
}

} // namespace

Sqs::Sqs(const Config& config, std::string consumer)
    : config_(config), consumer_(std::move(consumer)), client_(config.sqs) {}

/// SQS can wait at one queue only: with several an idle lane waits at each in turn.
std::optional<Delivery> Sqs::take(milliseconds patience) {
  const std::vector<std::string>& names = config_.queue.names;
  const seconds wait = std::min(std::chrono::floor<seconds>(patience), seconds{20});
  if (names.size() > 1 || wait == seconds{0}) {
    for (const std::string& queue : names) {
      if (std::optional<Delivery> delivery = receive(queue, seconds{0})) {
        return delivery;
      }
    }
  }
  waited_at_ = (waited_at_ + 1) % names.size();
  return wait == seconds{0} ? std::nullopt : receive(names[waited_at_], wait);
}

std::optional<Delivery> Sqs::receive(const std::string& queue, seconds wait) {
  // The lease begins some time while the answer is held back; its end is told from the latest.
  const SqsJson request{{"QueueUrl", client_.url_of(queue)},
                        {"MaxNumberOfMessages", 1},
                        {"VisibilityTimeout", (wait + whole(config_.queue.lease)).count()},
                        {"WaitTimeSeconds", wait.count()},
                        {"AttributeNames", {"All"}}, // its newer name is not known to every server
                        {"MessageAttributeNames", {"All"}}};
  const auto asked = steady_clock::now();
  const SqsJson answer = client_.call("ReceiveMessage", request, wait);
  const auto messages = answer.find("Messages");
  if (messages == answer.end() || !messages->is_array() || messages->empty()) {
    return std::nullopt;
  }
  Delivery delivery;
  try {
    delivery = delivery_of(queue, messages->front(), asked + wait);
  } catch (const SqsJson::exception& error) {
    throw QueueError(fmt::format("sqs: a message of an unknown form (error {})", error.id));
  }
  if (is_undeliverable(delivery)) {
    ++events_.buried;
    remove(delivery);
    return std::nullopt;
  }
  return delivery;
}

Delivery Sqs::delivery_of(const std::string& queue, const SqsJson& message,
                          steady_clock::time_point begun) {
  const std::uint64_t received =
      std::max<std::uint64_t>(1, system_attribute(message, "ApproximateReceiveCount"));
  std::uint64_t before = number_attribute(message, "Attempts");
  std::uint64_t returned = number_attribute(message, "Returned");
  if (before > most_attempts || returned > before) { // anybody may have written them
    before = returned = 0;
  }
  const std::uint64_t sent = system_attribute(message, "SentTimestamp");
  const std::uint64_t taken = system_attribute(message, "ApproximateFirstReceiveTimestamp");
  Delivery delivery;
  delivery.queue = queue;
  delivery.handle = message.value("ReceiptHandle", "");
  delivery.payload = message.value("Body", "");
  delivery.job_id = id_in_payload(delivery.payload);
  delivery.attempt = before + received;
  delivery.deliveries = static_cast<unsigned>(delivery.attempt - returned);
  delivery.waited = milliseconds(taken > sent ? taken - sent : 0);
  std::erase_if(held_, [](const auto& each) { return each.second.until <= steady_clock::now(); });
  held_[delivery.handle] = {begun + config_.queue.lease, returned};
  events_.reclaimed += received > 1 ? 1 : 0;
  return delivery;
}

bool Sqs::is_undeliverable(const Delivery& delivery) {
  Burial burial;
  Delivery last = delivery;
  if (delivery.payload.size() > config_.queue.max_payload_bytes) {
    burial.reason = fmt::format("a payload of {} bytes; {} are accepted", delivery.payload.size(),
                                config_.queue.max_payload_bytes);
  } else if (delivery.deliveries > config_.queue.max_deliveries) {
    --last.attempt;
    burial.reason =
        fmt::format("delivered {} times, and no worker finished it", delivery.deliveries - 1);
  } else {
    return false;
  }
  send_dead_letter(last, burial);
  return true;
}

Sqs::Held* Sqs::held(const Delivery& delivery) {
  const auto found = held_.find(delivery.handle);
  return found != held_.end() && steady_clock::now() < found->second.until ? &found->second
                                                                           : nullptr;
}

void Sqs::change_visibility(const Delivery& delivery, seconds timeout) {
  client_.call("ChangeMessageVisibility", {{"QueueUrl", client_.url_of(delivery.queue)},
                                           {"ReceiptHandle", delivery.handle},
                                           {"VisibilityTimeout", timeout.count()}});
}

void Sqs::remove(const Delivery& delivery) {
  try {
    client_.call("DeleteMessage", {{"QueueUrl", client_.url_of(delivery.queue)},
                                   {"ReceiptHandle", delivery.handle}});
  } catch (const SqsError& error) {
    if (!is_lost(error)) {
      throw;
    }
  }
  held_.erase(delivery.handle);
}

bool Sqs::extend(const Delivery& delivery) {
  Held* const each = held(delivery);
  if (each == nullptr) {
    return false;
  }
  const auto asked = steady_clock::now();
  try {
    change_visibility(delivery, whole(config_.queue.lease));
  } catch (const SqsError& error) {
    if (is_lost(error)) {
      held_.erase(delivery.handle);
      return false;
    }
    throw;
  }
  each->until = asked + config_.queue.lease;
  return true;
}

/// Sent once, however often the removal after it has to be tried.
template <class Send>
void Sqs::pass_on(const Delivery& delivery, Held& held, Send send) {
  if (!held.passed_on) {
    send();
    held.passed_on = true;
  }
  remove(delivery);
}

void Sqs::send_result(const Delivery& delivery, const Outcome& outcome, const std::string& result) {
  SqsJson request{{"QueueUrl", client_.url_of(config_.sqs.results)},
                  {"MessageBody", escape_for_sqs(result)}};
  add_attribute(request, "Id", outcome.job_id);
  add_attribute(request, "Status", outcome.status);
  add_attribute(request, "Attempt", delivery.attempt);
  add_attribute(request, "Callback", outcome.callback);
  if (SqsClient::is_fifo(config_.sqs.results)) {
    request["MessageGroupId"] = outcome.job_id;
    request["MessageDeduplicationId"] = outcome.job_id;
  }
  client_.call("SendMessage", request);
}

/// A server may allow less than SQS does.
Published Sqs::publish(const Delivery& delivery, const Outcome& outcome, const std::string& result,
                       bool /*more*/) {
  Held* const each = held(delivery);
  if (each == nullptr) {
    return Published::stale;
  }
  try {
    pass_on(delivery, *each, [&] { send_result(delivery, outcome, result); });
  } catch (const SqsError& error) {
    if (each->passed_on || !is_refused_for_good(error)) {
      throw;
    }
    throw ResultRefused(error.what());
  }
  return Published::done;
}

void Sqs::retry(const Delivery& delivery, milliseconds delay, std::string_view /*why*/) {
  if (held(delivery) != nullptr) {
    change_visibility(delivery, whole(delay));
    held_.erase(delivery.handle);
  }
}

/// A message's own count cannot be taken back: a copy has it, and says what of it does not count.
void Sqs::hand_back(const Delivery& delivery) {
  Held* const each = held(delivery);
  if (each == nullptr) {
    return;
  }
  SqsJson request{{"QueueUrl", client_.url_of(delivery.queue)}, {"MessageBody", delivery.payload}};
  add_attribute(request, "Attempts", delivery.attempt);
  add_attribute(request, "Returned", each->returned + 1);
  pass_on(delivery, *each, [&] { client_.call("SendMessage", request); });
}

/// With less and less of it, as long as the server refuses: it may allow less than SQS does.
void Sqs::send_dead_letter(const Delivery& delivery, const Burial& burial) {
  const std::size_t room = sqs_max_message_bytes - letter_bytes;
  const bool kept =
      delivery.payload.size() <= config_.queue.max_payload_bytes && delivery.payload.size() <= room;
  const std::string log =
      burial_log(burial, std::min(max_log_bytes, kept ? room - delivery.payload.size() : room));
  const auto send = [&](const std::string& lines, bool payload) {
    client_.call("SendMessage", dead_letter(delivery, burial.reason, lines, payload));
  };
  const auto is_taken = [&](const std::string& lines, bool payload) {
    try {
      send(lines, payload);
      return true;
    } catch (const SqsError& error) {
      if (!is_refused_for_good(error)) {
        throw;
      }
      return false;
    }
  };
  if (!is_taken(log, kept) && !is_taken(no_log, kept)) {
    send(no_log, false);
  }
}

SqsJson Sqs::dead_letter(const Delivery& delivery, const std::string& reason,
                         const std::string& log, bool with_payload) {
  SqsJson request{{"QueueUrl", client_.url_of("jobs:dead")},
                  {"MessageBody", with_payload ? delivery.payload : left_out}};
  add_attribute(request, "Job", delivery.job_id);
  add_attribute(request, "Queue", delivery.queue);
  add_attribute(request, "Reason", beginning(reason, max_reason_bytes));
  add_attribute(request, "Worker", consumer_);
  add_attribute(request, "Attempt", delivery.attempt);
  add_attribute(request, "PayloadBytes", delivery.payload.size());
  add_attribute(request, "Log", log);
  return request;
}

void Sqs::bury(const Delivery& delivery, const Burial& burial) {
  if (Held* const each = held(delivery)) {
    pass_on(delivery, *each, [&] { send_dead_letter(delivery, burial); });
  }
}

/// SQS has nothing for those who only listen.
void Sqs::progress(const Delivery& /*delivery*/, const std::string& /*event*/) {}

Depth Sqs::depth() {
  Depth depth;
  const auto figures = [this](const std::string& queue) {
    return client_.call("GetQueueAttributes",
                        {{"QueueUrl", client_.url_of(queue)}, {"AttributeNames", {"All"}}});
  };
  for (const std::string& queue : config_.queue.names) {
    const SqsJson answer = figures(queue);
    depth.waiting += system_attribute(answer, "ApproximateNumberOfMessages") +
                     system_attribute(answer, "ApproximateNumberOfMessagesDelayed");
    depth.running += system_attribute(answer, "ApproximateNumberOfMessagesNotVisible");
  }
  depth.dead = system_attribute(figures("jobs:dead"), "ApproximateNumberOfMessages");
  return depth;
}

void Sqs::ping() {
  depth();
}

} // namespace worker
