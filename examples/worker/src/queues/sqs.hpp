// SPDX-License-Identifier: Apache-2.0
//
// Jobs in queues of SQS or what speaks like it. A lease is a message's visibility timeout, and is
// held to on this side too: SQS may accept what an old holder says. docs/queues.md tells what that
// promises, and what not.
#pragma once

#include "config.hpp"
#include "queue.hpp"
#include "queues/sqs_client.hpp"

#include <chrono>
#include <map>
#include <string>

namespace worker {

class Sqs final : public Queue {
 public:
  Sqs(const Config& config, std::string consumer);

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
  struct Held {
    std::chrono::steady_clock::time_point until; // the lease
    std::uint64_t returned;                      // deliveries that do not count
    bool passed_on{false};                       // as a result, a copy or a dead letter: not twice
  };

  std::optional<Delivery> receive(const std::string& queue, std::chrono::seconds wait);
  Delivery delivery_of(const std::string& queue, const SqsJson& message,
                       std::chrono::steady_clock::time_point begun);
  bool is_undeliverable(const Delivery& delivery);
  Held* held(const Delivery& delivery);
  void change_visibility(const Delivery& delivery, std::chrono::seconds timeout);
  void remove(const Delivery& delivery);
  template <class Send>
  void pass_on(const Delivery& delivery, Held& held, Send send);
  void send_result(const Delivery& delivery, const Outcome& outcome, const std::string& result);
  void send_dead_letter(const Delivery& delivery, const Burial& burial);
  SqsJson dead_letter(const Delivery& delivery, const std::string& reason, const std::string& log,
                      bool with_payload);

  Config config_;
  std::string consumer_;
  SqsClient client_;
  std::size_t waited_at_{0};                        // which queue an idle lane waited at last
  std::map<std::string, Held, std::less<>> held_{}; // by handle
};

} // namespace worker
