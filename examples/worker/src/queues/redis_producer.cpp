// SPDX-License-Identifier: Apache-2.0
#include "queues/redis_producer.hpp"

#include "queues/redis_error.hpp"

#include <algorithm>
#include <charconv>

namespace worker {
namespace {

/// 0 when it is none.
std::uint64_t number(const RedisReply& map, std::string_view name) {
  const std::string text = map.field(name);
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

DeadLetter letter(const RedisReply& entry) {
  const RedisReply fields = entry[1]; // somebody else may have made it
  const std::string log = fields.field("log");
  return {std::string(entry[0].text()),    fields.field("id"),       fields.field("queue"),
          fields.field("reason"),          fields.field("worker"),   number(fields, "attempt"),
          number(fields, "payload_bytes"), log.empty() ? "[]" : log, fields.field("payload")};
}

} // namespace

RedisProducer::RedisProducer(const Config& config) : redis_(config, "producer") {}

Submitted RedisProducer::submit(const std::string& queue, const std::string& id,
                                const std::string& payload) {
  const std::string target = redis_.key(is_list() ? redis_.config().redis.list : queue);
  const RedisReply reply = redis_.run(
      "redis_submit", target, {is_list() ? "list" : "stream", target, push(), id, payload, ""});
  const std::string_view outcome = reply[0].text();
  return outcome == "accepted" ? Submitted::accepted
         : outcome == "full"   ? Submitted::full
                               : Submitted::duplicate;
}

JobStatus RedisProducer::status(const std::string& id) {
  const RedisReply job = redis_.connection().command({"HGETALL", redis_.key("job:" + id)});
  return {job.field("status"), number(job, "attempt"), job.field("consumer"), job.field("reason")};
}

std::optional<std::string> RedisProducer::result(const std::string& id) {
  const RedisReply reply = redis_.connection().command({"GET", redis_.key("result:" + id)});
  return reply.is_null() ? std::nullopt : std::optional(std::string(reply.text()));
}

/// Who listens before looking misses nothing.
std::optional<std::string> RedisProducer::wait(const std::string& id,
                                               std::chrono::milliseconds patience) {
  constexpr milliseconds step{1'000};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  RedisConnection listener(redis_.config().redis);
  listener.command({"SUBSCRIBE", redis_.key("events:" + id)});
  for (;;) {
    if (std::optional<std::string> found = result(id)) {
      return found;
    }
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds{0} || status(id).status == "dead") {
      return std::nullopt;
    }
    std::string event;
    listener.await_message(std::min(left, step), event);
  }
}

std::vector<DeadLetter> RedisProducer::dead_letters(std::uint64_t most) {
  const RedisReply range = redis_.connection().command(
      {"XRANGE", redis_.key("jobs:dead"), "-", "+", "COUNT", std::to_string(most)});
  std::vector<DeadLetter> letters;
  for (std::size_t i = 0; i < range.size(); ++i) {
    letters.push_back(letter(range[i]));
  }
  return letters;
}

std::optional<std::string> RedisProducer::replay(const std::string& handle) {
  const RedisReply reply = redis_.run("redis_replay", redis_.key("jobs:dead"),
                                      {handle, is_list() ? "list" : "stream", push()});
  return reply.text() == "replayed" ? std::nullopt : std::optional(std::string(reply.text()));
}

bool RedisProducer::discard(const std::string& handle) {
  return redis_.connection().command({"XDEL", redis_.key("jobs:dead"), handle}).integer() == 1;
}

} // namespace worker
