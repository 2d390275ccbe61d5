// SPDX-License-Identifier: Apache-2.0
//
// For producers that push jobs as JSON on a Redis list. Each consumer moves one job at a time to a
// list of its own, whose lease is a key that expires. docs/queues.md tells the keys.
#pragma once

#include "queue.hpp"
#include "queues/redis_context.hpp"

#include <string>
#include <vector>

namespace worker {

class RedisList final : public Queue {
 public:
  RedisList(const Config& config, std::string consumer);

  std::optional<Delivery> take(std::chrono::milliseconds patience) override;
  bool extend(const Delivery& delivery) override;
  Published publish(const Delivery& delivery, const Outcome& outcome, const std::string& result,
                    bool more) override;
  void retry(const Delivery& delivery, std::chrono::milliseconds delay,
             std::string_view why) override;
  void bury(const Delivery& delivery, const Burial& burial) override;
  void hand_back(const Delivery& delivery) override;
  void progress(const Delivery& delivery, const std::string& event) override;
  Depth depth() override;
  void ping() override;

 private:
  std::optional<Delivery> take_now();
  void give_back(const Delivery& delivery, std::chrono::milliseconds delay, bool counts,
                 std::string_view why);
  RedisReply run_on(std::string_view script, const Delivery& delivery,
                    std::vector<std::string> further);

  RedisContext redis_;
  std::string list_;
  std::string take_end_;
  bool announced_{false};
};

} // namespace worker
