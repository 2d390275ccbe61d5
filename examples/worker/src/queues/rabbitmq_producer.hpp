// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "producer.hpp"
#include "queues/rabbitmq_topology.hpp"

#include <functional>

namespace worker {

/// Results can be looked up by id only where each job has a queue of its own for it
/// (rabbitmq.results: by_job).
class RabbitMqProducer final : public Producer {
 public:
  explicit RabbitMqProducer(const Config& config);

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
  void open();
  void need_result_queues() const;
  std::optional<AmqpMessage> peek(const std::string& id);
  std::optional<AmqpMessage> find_letter(const std::string& handle);
  std::optional<std::string> put_back(const AmqpMessage& letter);

  Config config_;
  RabbitMqTopology topology_;
  AmqpConnection connection_;
};

} // namespace worker
