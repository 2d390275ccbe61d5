// SPDX-License-Identifier: Apache-2.0
#include "queues/sqs_producer.hpp"

#include "queues/payload_id.hpp"
#include "queues/sqs_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

namespace worker {
namespace {

constexpr std::chrono::seconds look{30}; // dead letters are held so long while they are looked at
constexpr std::uint64_t most_at_once = 10;

[[noreturn]] void no_lookup() {
  throw QueueError("sqs: nothing is found by id there; read the queue of results (sqs.results)");
}

/// One that the server made a dead letter, after a redrive policy, has no attributes of ours.
DeadLetter letter_of(const SqsJson& message) {
  const std::string body = message.value("Body", "");
  const std::string reason = attribute(message, "Reason");
  const bool ours = !reason.empty();
  const std::uint64_t bytes = ours ? number_attribute(message, "PayloadBytes") : body.size();
  const std::string log = attribute(message, "Log");
  return {message.value("MessageId", ""),
          ours ? attribute(message, "Job") : id_in_payload(body),
          attribute(message, "Queue"),
          ours ? reason : "the server made it one",
          attribute(message, "Worker"),
          number_attribute(message, "Attempt"),
          bytes,
          log.empty() ? "[]" : log,
          bytes == body.size() ? body : std::string()};
}

} // namespace

SqsProducer::SqsProducer(const Config& config) : config_(config), client_(config.sqs) {}

std::uint64_t SqsProducer::waiting() {
  std::uint64_t jobs = 0;
  for (const std::string& queue : config_.queue.names) {
    jobs += system_attribute(
        client_.call("GetQueueAttributes", {{"QueueUrl", client_.url_of(queue)},
                                            {"AttributeNames", {"ApproximateNumberOfMessages"}}}),
        "ApproximateNumberOfMessages");
  }
  return jobs;
}

Submitted SqsProducer::submit(const std::string& queue, const std::string& /*id*/,
                              const std::string& payload) {
  if (waiting() >= config_.queue.max_depth) {
    return Submitted::full;
  }
  client_.call("SendMessage",
               {{"QueueUrl", client_.url_of(queue)}, {"MessageBody", escape_for_sqs(payload)}});
  return Submitted::accepted;
}

JobStatus SqsProducer::status(const std::string& /*id*/) {
  no_lookup();
}

std::optional<std::string> SqsProducer::result(const std::string& /*id*/) {
  no_lookup();
}

std::optional<std::string> SqsProducer::wait(const std::string& /*id*/,
                                             std::chrono::milliseconds /*patience*/) {
  no_lookup();
}

/// Hidden from everybody else until they are released.
std::vector<SqsJson> SqsProducer::hold_letters(std::uint64_t most) {
  const auto end = std::chrono::steady_clock::now() + look; // then the first ones come again
  std::vector<SqsJson> letters;
  while (letters.size() < most) {
    if (std::chrono::steady_clock::now() >= end) {
      throw QueueError(fmt::format("sqs: more dead letters than can be looked at in {} s: {}",
                                   look.count(), letters.size()));
    }
    const SqsJson answer = client_.call(
        "ReceiveMessage",
        {{"QueueUrl", client_.url_of("jobs:dead")},
         {"MaxNumberOfMessages", std::min(most_at_once, most - letters.size())},
         {"VisibilityTimeout", look.count()},
         {"WaitTimeSeconds", 1}, // without it some of the server's machines are not asked
         {"MessageAttributeNames", {"All"}}},
        std::chrono::seconds{1});
    const auto found = answer.find("Messages");
    if (found == answer.end() || !found->is_array() || found->empty()) {
      break;
    }
    std::copy(found->begin(), found->end(), std::back_inserter(letters));
  }
  return letters;
}

void SqsProducer::release(const std::vector<SqsJson>& letters) {
  for (const SqsJson& each : letters) {
    client_.call("ChangeMessageVisibility", {{"QueueUrl", client_.url_of("jobs:dead")},
                                             {"ReceiptHandle", each.value("ReceiptHandle", "")},
                                             {"VisibilityTimeout", 0}});
  }
}

std::vector<DeadLetter> SqsProducer::dead_letters(std::uint64_t most) {
  const std::vector<SqsJson> held = hold_letters(most);
  release(held);
  std::vector<DeadLetter> letters;
  std::transform(held.begin(), held.end(), std::back_inserter(letters), letter_of);
  return letters;
}

/// Held afterwards, the others released.
std::optional<SqsJson> SqsProducer::find_letter(const std::string& handle) {
  std::vector<SqsJson> held = hold_letters(UINT64_MAX);
  const auto found = std::find_if(held.begin(), held.end(), [&](const SqsJson& each) {
    return each.value("MessageId", "") == handle;
  });
  std::optional<SqsJson> letter;
  if (found != held.end()) {
    letter = *found;
    held.erase(found);
  }
  release(held);
  return letter;
}

void SqsProducer::remove_letter(const SqsJson& letter) {
  client_.call("DeleteMessage", {{"QueueUrl", client_.url_of("jobs:dead")},
                                 {"ReceiptHandle", letter.value("ReceiptHandle", "")}});
}

std::optional<std::string> SqsProducer::replay(const std::string& handle) {
  const std::optional<SqsJson> message = find_letter(handle);
  if (!message) {
    return "there is no such dead letter";
  }
  const DeadLetter letter = letter_of(*message);
  if (letter.payload.empty()) {
    release({*message});
    return "its payload was too large to be kept";
  }
  const std::string queue = letter.queue.empty() ? config_.queue.names.front() : letter.queue;
  SqsJson request{{"QueueUrl", client_.url_of(queue)}, {"MessageBody", letter.payload}};
  add_attribute(request, "Attempts", letter.attempt);
  add_attribute(request, "Returned", letter.attempt);
  client_.call("SendMessage", request);
  remove_letter(*message);
  return std::nullopt;
}

bool SqsProducer::discard(const std::string& handle) {
  const std::optional<SqsJson> letter = find_letter(handle);
  if (letter) {
    remove_letter(*letter);
  }
  return letter.has_value();
}

} // namespace worker
