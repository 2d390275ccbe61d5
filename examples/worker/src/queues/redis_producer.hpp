// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "producer.hpp"
#include "queues/redis_context.hpp"

namespace worker {

/// For both kinds of queue on Redis.
class RedisProducer final : public Producer {
 public:
  explicit RedisProducer(const Config& config);

  Submitted submit(const std::string& queue, const std::string& id,
                   const std::string& payload) override;
  JobStatus status(const std::string& id) override;
  std::optional<std::string> result(const std::string& id) override;
  std::optional<std::string> wait(const std::string& id,
                                  std::chrono::milliseconds patience) override;
  std::vector<DeadLetter> dead_letters(std::uint64_t most) override;
  std::optional<std::string> replay(const std::string& handle) override;
  bool discard(const std::string& handle) override;

 private:
  bool is_list() const { return redis_.config().queue.kind == "redis_list"; }
  std::string push() const { return redis_.config().redis.list_end == "left" ? "RPUSH" : "LPUSH"; }

  RedisContext redis_;
};

} // namespace worker
