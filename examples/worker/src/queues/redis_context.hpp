// SPDX-License-Identifier: Apache-2.0
//
// What both kinds of queue on Redis share: the arguments that each script begins with (common.lua),
// and how their answers become deliveries.
#pragma once

#include "config.hpp"
#include "queue.hpp"
#include "queues/redis_connection.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace worker {

class RedisContext {
 public:
  /// `consumer` is nobody else's while this lives; `scripts` as RedisConnection has it.
  RedisContext(const Config& config, std::string consumer, std::string scripts = {});

  std::string key(std::string_view name) const {
    return config_.redis.key_prefix + std::string(name);
  }
  const Config& config() const noexcept { return config_; }
  const std::string& consumer() const noexcept { return consumer_; }
  RedisConnection& connection() noexcept { return connection_; }

  RedisReply run(std::string_view script, std::string_view key, std::vector<std::string> arguments);

  /// The delivery in a take script's answer; its counts are added to `events`.
  static std::optional<Delivery> delivery(const RedisReply& reply, QueueEvents& events);

  /// "1" when this consumer has not asked to look for lost leases for as long as an interval of
  /// sweeps (common.lua), else "0".
  std::string sweep_wanted();

  /// Tells producers how many jobs may wait.
  void announce();
  void progress(const Delivery& delivery, const std::string& event);
  static Depth depth(const RedisReply& reply);

 private:
  Config config_;
  std::string consumer_;
  RedisConnection connection_;
  std::chrono::steady_clock::time_point next_sweep_{};
};

/// The log of a burial as the scripts want it.
std::string log_json(const Burial& burial);

} // namespace worker
