// SPDX-License-Identifier: Apache-2.0
#include "queues/redis_context.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace worker {

RedisContext::RedisContext(const Config& config, std::string consumer, std::string scripts)
    : config_(config), consumer_(std::move(consumer)),
      connection_(config.redis, std::move(scripts)) {}

RedisReply RedisContext::run(std::string_view script, std::string_view key,
                             std::vector<std::string> arguments) {
  const QueueConfig& queue = config_.queue;
  std::vector<std::string> all{config_.redis.key_prefix,
                               config_.redis.group,
                               consumer_,
                               std::to_string(queue.lease.count()),
                               std::to_string(queue.result_ttl.count()),
                               std::to_string(queue.dead_retention.count()),
                               std::to_string(queue.max_deliveries),
                               std::to_string(queue.max_payload_bytes)};
  all.insert(all.end(), std::make_move_iterator(arguments.begin()),
             std::make_move_iterator(arguments.end()));
  return connection_.run_script(script, key, all);
}

std::optional<Delivery> RedisContext::delivery(const RedisReply& reply, QueueEvents& events) {
  events.reclaimed += static_cast<std::uint64_t>(reply[0].integer());
  events.duplicates += static_cast<std::uint64_t>(reply[1].integer());
  events.buried += static_cast<std::uint64_t>(reply[2].integer());
  if (reply[3].integer() == 0) {
    return std::nullopt;
  }
  Delivery delivery;
  delivery.queue = reply[4].text();
  delivery.handle = reply[5].text();
  delivery.job_id = reply[6].text();
  delivery.attempt = static_cast<std::uint64_t>(reply[7].integer());
  delivery.deliveries = static_cast<unsigned>(reply[8].integer());
  delivery.waited = milliseconds(reply[9].integer());
  delivery.payload = reply[10].text();
  return delivery;
}

std::string RedisContext::sweep_wanted() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_sweep_) {
    return "0";
  }
  next_sweep_ = now + std::clamp(config_.queue.lease / 10, milliseconds{50}, milliseconds{1'000});
  return "1";
}

void RedisContext::announce() {
  connection_.command(
      {"HSET", key("jobs:config"), "max_depth", std::to_string(config_.queue.max_depth)});
}

void RedisContext::progress(const Delivery& delivery, const std::string& event) {
  connection_.command({"PUBLISH", key("events:" + delivery.job_id), event});
}

Depth RedisContext::depth(const RedisReply& reply) {
  const auto figure = [&](std::size_t i) { return static_cast<std::uint64_t>(reply[i].integer()); };
  return {figure(0), figure(1), figure(2)};
}

std::string log_json(const Burial& burial) {
  return nlohmann::json(burial.log).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace worker
