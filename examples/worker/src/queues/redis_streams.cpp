// SPDX-License-Identifier: Apache-2.0
#include "queues/redis_streams.hpp"

#include "queues/redis_error.hpp"

#include <algorithm>
#include <utility>

namespace worker {

RedisStreams::RedisStreams(const Config& config, std::string consumer)
    : redis_(config, std::move(consumer), "redis_streams") {
  for (const std::string& name : config.queue.names) {
    streams_.push_back(redis_.key(name));
  }
}

void RedisStreams::ensure_groups() {
  if (groups_are_there_) {
    return;
  }
  for (const std::string& stream : streams_) {
    try {
      redis_.connection().command(
          {"XGROUP", "CREATE", stream, redis_.config().redis.group, "0", "MKSTREAM"});
    } catch (const RedisError& error) {
      if (!error.is("BUSYGROUP")) {
        throw;
      }
    }
    redis_.connection().command({"SADD", redis_.key("jobs:queues"), stream});
  }
  redis_.announce();
  groups_are_there_ = true;
}

std::optional<Delivery> RedisStreams::take(milliseconds patience) {
  if (std::optional<Delivery> delivery = taken_along()) {
    return delivery;
  }
  ensure_groups();
  try {
    std::optional<Delivery> delivery = take_now({}, {});
    return delivery || patience == milliseconds{0} ? std::move(delivery) : wait(patience);
  } catch (const RedisError& error) {
    // Somebody emptied the server, or it came back without.
    groups_are_there_ = groups_are_there_ && !error.is("NOGROUP") &&
                        std::string_view(error.what()).find("NOGROUP") == std::string_view::npos;
    throw;
  }
}

std::optional<Delivery> RedisStreams::take_now(const std::string& stream,
                                               const std::string& entry) {
  std::vector<std::string> arguments{stream, entry, redis_.sweep_wanted()};
  arguments.insert(arguments.end(), streams_.begin(), streams_.end());
  return RedisContext::delivery(
      redis_.run("redis_streams_take", streams_.front(), std::move(arguments)), events_);
}

/// A script cannot wait. What the blocking read brings is this consumer's already, and is begun
/// like any other; where it brings one of each of several streams, those that are not begun are
/// left to the next sweep, for which their lease is ended at once.
std::optional<Delivery> RedisStreams::wait(milliseconds patience) {
  // An idle worker looks for lost leases as well.
  const milliseconds blocks =
      std::clamp(redis_.config().queue.lease / 10, milliseconds{50}, patience);
  const std::string block_text = std::to_string(blocks.count());
  std::vector<std::string_view> words{"XREADGROUP",      "GROUP",    redis_.config().redis.group,
                                      redis_.consumer(), "COUNT",    "1",
                                      "BLOCK",           block_text, "STREAMS"};
  words.insert(words.end(), streams_.begin(), streams_.end());
  words.insert(words.end(), streams_.size(), ">");
  const RedisReply reply = redis_.connection().command(words, blocks);
  std::optional<Delivery> delivery;
  for (std::size_t i = 0; i < reply.size(); ++i) {
    const std::string stream(reply[i][0].text());
    const std::string entry(reply[i][1][0][0].text());
    if (!delivery) {
      delivery = take_now(stream, entry);
    } else {
      const std::string idle = std::to_string(redis_.config().queue.lease.count());
      redis_.connection().command({"XCLAIM", stream, redis_.config().redis.group, redis_.consumer(),
                                   "0", entry, "IDLE", idle, "JUSTID"});
    }
  }
  return delivery;
}

RedisReply RedisStreams::run_on(std::string_view script, const Delivery& delivery,
                                std::vector<std::string> further) {
  const std::string stream = redis_.key(delivery.queue);
  std::vector<std::string> arguments{stream, delivery.handle, delivery.job_id,
                                     std::to_string(delivery.attempt)};
  arguments.insert(arguments.end(), std::make_move_iterator(further.begin()),
                   std::make_move_iterator(further.end()));
  return redis_.run(script, stream, std::move(arguments));
}

bool RedisStreams::extend(const Delivery& delivery) {
  return run_on("redis_streams_extend", delivery, {}).integer() == 1;
}

Published RedisStreams::publish(const Delivery& delivery, const Outcome& outcome,
                                const std::string& result, bool more) {
  std::vector<std::string> arguments{outcome.status, outcome.callback, result};
  if (more && !next_) {
    arguments.push_back(redis_.sweep_wanted());
    arguments.insert(arguments.end(), streams_.begin(), streams_.end());
  }
  const RedisReply reply = run_on("redis_streams_publish", delivery, std::move(arguments));
  if (reply.size() > 1) {
    next_ = RedisContext::delivery(reply[1], events_);
  }
  return reply[0].integer() == 1 ? Published::done : Published::stale;
}

void RedisStreams::give_back(const Delivery& delivery, milliseconds delay, bool counts,
                             std::string_view why) {
  run_on("redis_streams_return", delivery,
         {std::to_string(delay.count()), counts ? "1" : "0", std::string(why)});
}

void RedisStreams::retry(const Delivery& delivery, milliseconds delay, std::string_view why) {
  give_back(delivery, delay, true, why);
}

void RedisStreams::hand_back(const Delivery& delivery) {
  give_back(delivery, milliseconds{0}, false, "handed back untried");
}

void RedisStreams::bury(const Delivery& delivery, const Burial& burial) {
  run_on("redis_streams_bury", delivery, {burial.reason, log_json(burial)});
}

void RedisStreams::progress(const Delivery& delivery, const std::string& event) {
  redis_.progress(delivery, event);
}

Depth RedisStreams::depth() {
  ensure_groups();
  return RedisContext::depth(redis_.run("redis_streams_depth", streams_.front(), streams_));
}

void RedisStreams::ping() {
  redis_.connection().command({"PING"});
}

} // namespace worker
