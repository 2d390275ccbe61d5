// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"
#include "producer.hpp"
#include "queues/sqs_client.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace worker {

/// SQS finds nothing by id: status, result and wait throw, and an id that is there is not known.
class SqsProducer final : public Producer {
 public:
  explicit SqsProducer(const Config& config);
  ~SqsProducer() override;

  Submitted submit(const std::string& queue, const std::string& id,
                   const std::string& payload) override;
  JobStatus status(const std::string& id) override;
  std::optional<std::string> result(const std::string& id) override;
  std::optional<std::string> wait(const std::string& id,
                                  std::chrono::milliseconds patience) override;
  std::vector<DeadLetter> dead_letters(std::uint64_t most) override;
  std::optional<std::string> replay(const std::string& handle) override;
  bool discard(const std::string& handle) override;
  void visit_dead_letters(const std::function<void(const std::string& handle)>& visit) override;

 private:
  struct Held {
    SqsJson letter;
    std::chrono::steady_clock::time_point until;
  };

  std::uint64_t count(const std::string& queue);
  std::uint64_t waiting();
  std::vector<std::string> hold_more(std::uint64_t most);
  const SqsJson* find_letter(const std::string& handle);
  void remove_letter(const std::string& handle);
  void release_letters();

  Config config_;
  SqsClient client_;
  std::map<std::string, Held, std::less<>>
      held_{}; // dead letters that nobody else is given, by handle
};

} // namespace worker
