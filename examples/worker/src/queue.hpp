// SPDX-License-Identifier: Apache-2.0
//
// What a worker needs of a queue. A further kind implements this, reads its section of the
// configuration, and is named in queues/make_queue.cpp.
//
// What every kind promises: a job that was accepted is executed at least once; its id gets one
// result, published together with the acknowledgement; a worker that lost its lease publishes
// nothing. Time is the server's: clocks of two machines are never compared.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace worker {

/// The server cannot be reached or refuses to serve now. The next call tries to reach it again;
/// what the failed one was to do may have been done or not.
class QueueError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The server will never take this result. Its job is still held: it is to be buried.
class ResultRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A job that this worker holds until its lease ends.
struct Delivery {
  /// As the queue knows it; empty when the payload names none. What the payload says holds.
  std::string job_id{};
  std::string payload{};
  /// The fencing token: greater for each delivery of a job, never used twice.
  std::uint64_t attempt{1};
  /// Those that count against max_deliveries, this one included.
  unsigned deliveries{1};
  std::chrono::milliseconds waited{0}; // since it was submitted, by the server's clock
  std::string queue{};                 // which of those served
  std::string handle{};                // the queue's own; "" once it was finished
};

enum class Published : std::uint8_t {
  done,
  stale, // the job is another worker's by now, or done: the result was dropped
};

/// What is told of a finished job beside its result.
struct Outcome {
  std::string job_id{};
  std::string status{};   // "done" or "refused"
  std::string callback{}; // a channel that hears of it; may be empty
};

/// Why a job became a dead letter.
struct Burial {
  std::string reason{};
  std::vector<std::string> log{}; // the last lines about it
};

struct Depth {
  std::uint64_t waiting{0}; // not taken yet, or to be tried again
  std::uint64_t running{0}; // under a lease
  std::uint64_t dead{0};    // dead letters
};

/// Happened inside the queue since it was last asked, for the metrics.
struct QueueEvents {
  std::uint64_t reclaimed{0};  // deliveries of jobs whose worker let the lease end
  std::uint64_t duplicates{0}; // submitted again under an id that was there; dropped
  std::uint64_t buried{0}; // dead letters made by the queue itself: too large, too many deliveries
};

/// Used by one thread. Every function but the destructor throws QueueError. A function that ends a
/// delivery (publish, retry, bury, hand_back) does nothing when the lease was lost.
class Queue {
 public:
  virtual ~Queue() = default;
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  /// The next job, waited for up to about `patience`. One whose payload is larger than is accepted,
  /// or that was delivered too often, is made a dead letter by the queue itself.
  virtual std::optional<Delivery> take(std::chrono::milliseconds patience) = 0;

  /// Begins the lease anew. False: it was lost, and the result will be refused.
  virtual bool extend(const Delivery& delivery) = 0;

  /// Result and acknowledgement as one. With `more` the caller wants another job next, and the
  /// queue may take it along: take() gives it at once. Throws ResultRefused too.
  virtual Published publish(const Delivery& delivery, const Outcome& outcome,
                            const std::string& result, bool more) = 0;

  /// What publish() took along and take() has not given yet.
  virtual std::optional<Delivery> taken_along() { return std::nullopt; }

  /// Has it delivered again after `delay`, to anybody.
  virtual void retry(const Delivery& delivery, std::chrono::milliseconds delay,
                     std::string_view why) = 0;

  /// Makes it a dead letter, with its payload.
  virtual void bury(const Delivery& delivery, const Burial& burial) = 0;

  /// Gives it back untried: this delivery does not count.
  virtual void hand_back(const Delivery& delivery) = 0;

  /// Tells those who listen; may be lost. `event` is one JSON document.
  virtual void progress(const Delivery& delivery, const std::string& event) = 0;

  virtual Depth depth() = 0;

  /// Asks the server for a sign of life.
  virtual void ping() = 0;

  QueueEvents take_events() { return std::exchange(events_, {}); }

 protected:
  Queue() = default;
  QueueEvents events_{};
};

} // namespace worker
