// SPDX-License-Identifier: Apache-2.0
//
// Jobs in Redis Streams, one stream for each queue, taken by one consumer group. A lease is the
// time for which an entry has not been claimed. docs/queues.md tells the keys.
#pragma once

#include "queue.hpp"
#include "queues/redis_context.hpp"

#include <string>
#include <vector>

namespace worker {

class RedisStreams final : public Queue {
 public:
  RedisStreams(const Config& config, std::string consumer);

  std::optional<Delivery> take(std::chrono::milliseconds patience) override;
  bool extend(const Delivery& delivery) override;
  Published publish(const Delivery& delivery, const Outcome& outcome, const std::string& result,
                    bool more) override;
  std::optional<Delivery> taken_along() override { return std::exchange(next_, std::nullopt); }
  void retry(const Delivery& delivery, std::chrono::milliseconds delay,
             std::string_view why) override;
  void bury(const Delivery& delivery, const Burial& burial) override;
  void hand_back(const Delivery& delivery) override;
  void progress(const Delivery& delivery, const std::string& event) override;
  Depth depth() override;
  void ping() override;

 private:
  std::optional<Delivery> take_now(const std::string& stream, const std::string& entry);
  std::optional<Delivery> wait(std::chrono::milliseconds patience);
  void give_back(const Delivery& delivery, std::chrono::milliseconds delay, bool counts,
                 std::string_view why);
  void ensure_groups();
  RedisReply run_on(std::string_view script, const Delivery& delivery,
                    std::vector<std::string> further);

  RedisContext redis_;
  std::vector<std::string> streams_;
  bool groups_are_there_{false};
  std::optional<Delivery> next_{};
};

} // namespace worker
