// SPDX-License-Identifier: Apache-2.0
//
// Jobs in RabbitMQ, quorum queues or classic ones. A lease is the connection: when it is lost, the
// server takes back what was not acknowledged, and hears nothing more of it. docs/queues.md tells
// what that promises, and what not.
#pragma once

#include "queue.hpp"
#include "queues/rabbitmq_topology.hpp"

#include <map>
#include <string>

namespace worker {

class RabbitMq final : public Queue {
 public:
  RabbitMq(const Config& config, std::string consumer);

  std::optional<Delivery> take(std::chrono::milliseconds patience) override;
  bool extend(const Delivery& delivery) override;
  Published publish(const Delivery& delivery, const Outcome& outcome, const std::string& result,
                    bool more) override;
  std::optional<Delivery> taken_along() override;
  void retry(const Delivery& delivery, std::chrono::milliseconds delay,
             std::string_view why) override;
  void bury(const Delivery& delivery, const Burial& burial) override;
  void hand_back(const Delivery& delivery) override;
  void progress(const Delivery& delivery, const std::string& event) override;
  Depth depth() override;
  void ping() override;

 private:
  struct Held {
    std::uint64_t connection;
    std::uint64_t tag;
    PriorDeliveries prior;  // this delivery included
    std::uint64_t since_ms; // as it says itself
  };

  void open();
  std::optional<AmqpMessage> next(std::chrono::milliseconds patience);
  std::optional<AmqpMessage> get();
  void subscribe();
  void unsubscribe();
  std::optional<Delivery> begin(AmqpMessage message);
  bool is_counted(const AmqpMessage& message);
  std::string plain_name(const std::string& queue) const;
  Delivery delivery_of(AmqpMessage&& message);
  bool is_done(const Delivery& delivery);
  bool is_undeliverable(const Delivery& delivery, std::uint64_t payload_bytes);

  const Held* held(const Delivery& delivery) const;
  void end(const Delivery& delivery);
  void publish_job(const std::string& queue, const Delivery& delivery, const Held& held,
                   const std::string& expiration);
  Confirmed publish_result(const std::string& id, const AmqpMessage& message);
  void publish_dead_letter(const Delivery& delivery, const Burial& burial,
                           std::uint64_t payload_bytes);

  Config config_;
  std::string consumer_;
  RabbitMqTopology topology_;
  AmqpConnection connection_;
  bool subscribed_{false};
  std::chrono::steady_clock::time_point looked_again_{}; // for jobs that were delivered before
  std::uint64_t letters_{0};
  std::map<std::string, Held, std::less<>> held_{}; // by handle
};

} // namespace worker
