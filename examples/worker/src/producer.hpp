// SPDX-License-Identifier: Apache-2.0
//
// The other end of the queue: who submits jobs, waits for results and looks after dead letters.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace worker {

enum class Submitted : std::uint8_t { accepted, duplicate, full };

struct JobStatus {
  std::string status{}; // "pending", "running", "done", "refused", "dead"; empty: nothing is known
  std::uint64_t attempt{0};
  std::string worker{};
  std::string reason{}; // of the last failure
};

struct DeadLetter {
  std::string handle{}; // for replay()
  std::string job_id{}; // empty: the payload names none
  std::string queue{};
  std::string reason{};
  std::string worker{};
  std::uint64_t attempt{0};
  std::uint64_t payload_bytes{0};
  std::string log{}; // a JSON list of lines
  std::string payload{};
};

/// Used by one thread. Every function throws QueueError.
class Producer {
 public:
  virtual ~Producer() = default;
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  /// `payload` is one job's JSON, whose id is `id`.
  virtual Submitted submit(const std::string& queue, const std::string& id,
                           const std::string& payload) = 0;
  virtual JobStatus status(const std::string& id) = 0;
  virtual std::optional<std::string> result(const std::string& id) = 0;
  /// The result; nothing when the job became a dead letter or the time is over.
  virtual std::optional<std::string> wait(const std::string& id,
                                          std::chrono::milliseconds patience) = 0;
  virtual std::vector<DeadLetter> dead_letters(std::uint64_t most) = 0;
  /// Puts it into its queue again, its deliveries counted anew; else tells why not.
  virtual std::optional<std::string> replay(const std::string& handle) = 0;
  virtual bool discard(const std::string& handle) = 0;
  /// Calls `visit` with the handle of each dead letter that is there now; it may replay or discard
  /// it.
  virtual void visit_dead_letters(const std::function<void(const std::string& handle)>& visit) {
    for (const DeadLetter& each : dead_letters(UINT32_MAX)) {
      visit(each.handle);
    }
  }

 protected:
  Producer() = default;
};

} // namespace worker
