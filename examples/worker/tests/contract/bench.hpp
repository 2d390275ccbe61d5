// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config.hpp"
#include "queues/make_queue.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace worker {

using std::chrono::milliseconds;

constexpr milliseconds soon{5'000}; // there when it is there; nobody waits that long for success
constexpr milliseconds moment{0};

/// The environment's, with queues that no other case has.
Config own_queues();

/// Queues of the kind that the environment names, on a server that contract.py started. Each case
/// has a bench of its own; one that not every kind can be asked is tagged with what that takes
/// (contract.py).
struct Bench {
  Config settings{own_queues()};
  std::unique_ptr<Queue> first{make_queue(settings, "first")};
  std::unique_ptr<Queue> second{make_queue(settings, "second")};
  std::unique_ptr<Producer> producer{make_producer(settings)};
  std::multimap<std::string, std::string> results{}; // what result() has read of SQS
  unsigned lost = 0;                                 // workers, by lose()

  bool is(const char* kind) const { return settings.queue.kind == kind; }
  bool has_one_queue() const { return is("redis_list"); }
  bool finds_by_id() const { return !is("sqs"); }

  /// Of SQS read as a consumer of results does, which must see an id once.
  std::optional<std::string> result(const std::string& id);

  /// Returns the payload, whose further members are `more`.
  std::string submit(const std::string& id, const std::string& queue = "jobs",
                     const std::string& more = "");
};

std::optional<Delivery> take(Queue& queue, milliseconds patience = soon);

/// Asks for jobs, of which there is none to have, until a lease after the queue did by itself what
/// `count` counts, or for six leases and a while. Returns how often it did.
std::uint64_t count_while_idle(Bench& bench, Queue& queue, std::uint64_t QueueEvents::*count);

/// Publishes a result that nobody looks at, and has it accepted.
void finish(Queue& queue, const Delivery& delivery);

/// Has `times` workers take a job, one after another, each of which ends without a word about it.
/// Returns what they took.
std::vector<Delivery> lose(Bench& bench, unsigned times);

} // namespace worker
