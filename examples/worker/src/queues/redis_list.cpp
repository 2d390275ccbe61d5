// SPDX-License-Identifier: Apache-2.0
#include "queues/redis_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace worker {

RedisList::RedisList(const Config& config, std::string consumer)
    : redis_(config, std::move(consumer), "redis_list"), list_(redis_.key(config.redis.list)),
      take_end_(config.redis.list_end == "left" ? "LEFT" : "RIGHT") {}

std::optional<Delivery> RedisList::take(milliseconds patience) {
  if (!announced_) {
    redis_.announce();
    announced_ = true;
  }
  std::optional<Delivery> delivery = take_now();
  if (delivery || patience == milliseconds{0}) {
    return delivery;
  }
  // An idle worker looks for lost leases and delayed jobs as well, and keeps its own lease.
  const milliseconds blocks =
      std::clamp(redis_.config().queue.lease / 10, milliseconds{50}, patience);
  const std::string own = fmt::format("{}:processing:{}", list_, redis_.consumer());
  const std::string seconds = fmt::format("{:.3f}", static_cast<double>(blocks.count()) / 1000);
  const RedisReply moved =
      redis_.connection().command({"BLMOVE", list_, own, take_end_, "LEFT", seconds}, blocks);
  return moved.is_null() ? std::nullopt : take_now();
}

std::optional<Delivery> RedisList::take_now() {
  return RedisContext::delivery(
      redis_.run("redis_list_take", list_, {list_, take_end_, redis_.sweep_wanted()}), events_);
}

RedisReply RedisList::run_on(std::string_view script, const Delivery& delivery,
                             std::vector<std::string> further) {
  std::vector<std::string> arguments{list_, delivery.job_id, std::to_string(delivery.attempt)};
  arguments.insert(arguments.end(), std::make_move_iterator(further.begin()),
                   std::make_move_iterator(further.end()));
  return redis_.run(script, list_, std::move(arguments));
}

bool RedisList::extend(const Delivery& delivery) {
  return run_on("redis_list_extend", delivery, {}).integer() == 1;
}

Published RedisList::publish(const Delivery& delivery, const Outcome& outcome,
                             const std::string& result, bool /*more*/) {
  const RedisReply reply =
      run_on("redis_list_publish", delivery, {outcome.status, outcome.callback, result});
  return reply.integer() == 1 ? Published::done : Published::stale;
}

void RedisList::give_back(const Delivery& delivery, milliseconds delay, bool counts,
                          std::string_view why) {
  run_on("redis_list_return", delivery,
         {std::to_string(delay.count()), counts ? "1" : "0", std::string(why)});
}

void RedisList::retry(const Delivery& delivery, milliseconds delay, std::string_view why) {
  give_back(delivery, delay, true, why);
}

void RedisList::hand_back(const Delivery& delivery) {
  give_back(delivery, milliseconds{0}, false, "handed back untried");
}

void RedisList::bury(const Delivery& delivery, const Burial& burial) {
  run_on("redis_list_bury", delivery, {burial.reason, log_json(burial)});
}

void RedisList::progress(const Delivery& delivery, const std::string& event) {
  redis_.progress(delivery, event);
}

Depth RedisList::depth() {
  return RedisContext::depth(redis_.run("redis_list_depth", list_, {list_}));
}

void RedisList::ping() {
  redis_.connection().command({"PING"});
}

} // namespace worker
