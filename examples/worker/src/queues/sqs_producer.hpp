// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"
#include "producer.hpp"
#include "queues/sqs_client.hpp"

#include <vector>

namespace worker {

/// SQS finds nothing by id: status, result and wait throw, and an id that is there is not known.
class SqsProducer final : public Producer {
 public:
  explicit SqsProducer(const Config& config);

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
  std::uint64_t waiting();
  std::vector<SqsJson> hold_letters(std::uint64_t most);
  void release(const std::vector<SqsJson>& letters);
  std::optional<SqsJson> find_letter(const std::string& handle);
  void remove_letter(const SqsJson& letter);

  Config config_;
  SqsClient client_;
};

} // namespace worker
