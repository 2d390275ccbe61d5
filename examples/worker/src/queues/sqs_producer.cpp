// SPDX-License-Identifier: Apache-2.0
#include "queues/sqs_producer.hpp"

#include "queues/payload_id.hpp"
#include "queues/sqs_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <set>
#include <utility>

namespace worker {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds look{30}; // dead letters are held so long while they are looked at
constexpr std::uint64_t most_at_once = 10;

[[noreturn]] void no_lookup() {
  throw QueueError("sqs: nothing is found by id there; read the queue of results (sqs.results)");
}

/// Letters that were held first come again when `look` is over: a search must have ended.
class Patience {
 public:
  void check(std::size_t seen) const {
    if (steady_clock::now() >= end_) {
      throw QueueError(fmt::format("sqs: more dead letters than can be looked at in {} s: {}",
                                   look.count(), seen));
    }
  }

 private:
  steady_clock::time_point end_{steady_clock::now() + look};
};

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

SqsProducer::~SqsProducer() {
  try {
    release_letters();
  } catch (const std::exception&) { // the server does it itself, later
    return;
  }
}

std::uint64_t SqsProducer::count(const std::string& queue) {
  return system_attribute(
      client_.call("GetQueueAttributes", {{"QueueUrl", client_.url_of(queue)},
                                          {"AttributeNames", {"ApproximateNumberOfMessages"}}}),
      "ApproximateNumberOfMessages");
}

std::uint64_t SqsProducer::waiting() {
  std::uint64_t jobs = 0;
  for (const std::string& queue : config_.queue.names) {
    jobs += count(queue);
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

/// At most ten, hidden from everybody else until they are released; their handles.
std::vector<std::string> SqsProducer::hold_more(std::uint64_t most) {
  const auto until = steady_clock::now() + look;
  const SqsJson answer = client_.call(
      "ReceiveMessage",
      {{"QueueUrl", client_.url_of("jobs:dead")},
       {"MaxNumberOfMessages", std::min(most_at_once, most)},
       {"VisibilityTimeout", look.count()},
       {"WaitTimeSeconds", 1}, // without it some of the server's machines are not asked
       {"MessageAttributeNames", {"All"}}},
      std::chrono::seconds{1});
  std::vector<std::string> handles;
  for (const SqsJson& each : answer.value("Messages", SqsJson::array())) {
    handles.push_back(each.value("MessageId", ""));
    held_.insert_or_assign(handles.back(), Held{each, until});
  }
  return handles;
}

/// The server does so itself when `look` is over.
void SqsProducer::release_letters() {
  for (const auto& [handle, held] : std::exchange(held_, {})) {
    if (steady_clock::now() < held.until) {
      client_.call("ChangeMessageVisibility",
                   {{"QueueUrl", client_.url_of("jobs:dead")},
                    {"ReceiptHandle", held.letter.value("ReceiptHandle", "")},
                    {"VisibilityTimeout", 0}});
    }
  }
}

std::vector<DeadLetter> SqsProducer::dead_letters(std::uint64_t most) {
  release_letters();
  const Patience patience;
  std::vector<DeadLetter> letters;
  std::vector<std::string> more;
  while (letters.size() < most && !(more = hold_more(most - letters.size())).empty()) {
    std::transform(more.begin(), more.end(), std::back_inserter(letters),
                   [&](const std::string& handle) { return letter_of(held_.at(handle).letter); });
    patience.check(letters.size());
  }
  release_letters();
  return letters;
}

/// What was held on the way to it stays so, because another may be asked for next.
const SqsJson* SqsProducer::find_letter(const std::string& handle) {
  std::erase_if(held_, [](const auto& each) { return each.second.until <= steady_clock::now(); });
  const Patience patience;
  while (held_.count(handle) == 0 && !hold_more(most_at_once).empty()) {
    patience.check(held_.size());
  }
  const auto found = held_.find(handle);
  return found == held_.end() ? nullptr : &found->second.letter;
}

void SqsProducer::remove_letter(const std::string& handle) {
  client_.call("DeleteMessage",
               {{"QueueUrl", client_.url_of("jobs:dead")},
                {"ReceiptHandle", held_.at(handle).letter.value("ReceiptHandle", "")}});
  held_.erase(handle);
}

/// As many as the server says there are: what is replayed may be dead again before the end. Those
/// that stay are hidden for some time only, and may come again.
void SqsProducer::visit_dead_letters(const std::function<void(const std::string& handle)>& visit) {
  release_letters();
  std::uint64_t left = count("jobs:dead");
  std::set<std::string> visited;
  std::vector<std::string> more;
  Patience patience;
  while (left > 0 && !(more = hold_more(left)).empty()) {
    patience.check(visited.size());
    for (const std::string& handle : more) {
      if (visited.insert(handle).second) {
        visit(handle);
        --left;
        patience = {};
      }
    }
  }
}

std::optional<std::string> SqsProducer::replay(const std::string& handle) {
  const SqsJson* const message = find_letter(handle);
  if (message == nullptr) {
    return "there is no such dead letter";
  }
  const DeadLetter letter = letter_of(*message);
  if (letter.payload.empty()) {
    return "its payload was too large to be kept";
  }
  const std::string queue = letter.queue.empty() ? config_.queue.names.front() : letter.queue;
  SqsJson request{{"QueueUrl", client_.url_of(queue)}, {"MessageBody", letter.payload}};
  add_attribute(request, "Attempts", letter.attempt);
  add_attribute(request, "Returned", letter.attempt);
  client_.call("SendMessage", request);
  remove_letter(handle);
  return std::nullopt;
}

bool SqsProducer::discard(const std::string& handle) {
  if (find_letter(handle) == nullptr) {
    return false;
  }
  remove_letter(handle);
  return true;
}

} // namespace worker
