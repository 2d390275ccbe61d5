// SPDX-License-Identifier: Apache-2.0
//
// Many submissions at a time: a bounded queue, threads that run it, and boxes opened ahead.
#pragma once

#include <sandbox/sandbox.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <stop_token>
#include <string>

namespace sandbox {

struct PoolOptions {
  /// Submissions that run at a time, at most 4096. 0: as many as the process may use cores.
  unsigned slots{0};

  /// Submissions that wait for a slot. With 0 a submission is taken only when a slot is free.
  std::size_t max_waiting{1024};

  /// Boxes kept ready, their init waiting, for each environment that was used or prepared for. 0:
  /// none, every box is opened when it is needed.
  unsigned warm_boxes{2};

  /// Boxes kept ready for all environments together, at most 4096. When there are more
  /// environments, each has one before any has a second, and those used last come first.
  unsigned max_warm_boxes{16};

  /// The sum of Environment::expected_limits.memory_bytes of the boxes kept ready, so what they may
  /// come to hold; a box that waits holds next to nothing, unless a program has started in it.
  /// `unlimited` lifts it.
  std::uint64_t max_warm_memory_bytes{unlimited};

  /// In boxes that are kept ready the program of a recipe that allows it (Recipe::ahead) has
  /// started, and waits for its source. It goes on when a submission's command is the one that the
  /// recipe and the limits give by themselves (no args, no env, one file with the recipe's name),
  /// else it is ended and another started. Costs what it holds: 8 MiB for Python, 40 MiB for Node,
  /// within the memory limit, and three descriptors of the application's for each box, beside the
  /// five of any. A start that is under way holds shutdown up for at most 2 s. Native backend.
  bool interpreters_ahead{false};

  /// The boxes of an environment that was not used for this long are closed. Above 0.
  std::chrono::milliseconds warm_expiry{std::chrono::minutes{5}};
};

struct PoolStatistics {
  std::size_t waiting{0}; // submissions
  std::size_t running{0};
  std::uint64_t finished{0}; // futures that were given a report or an exception

  std::size_t warm{0};           // boxes that are ready
  std::size_t opening{0};        // boxes that are being opened ahead
  std::uint64_t warm_hits{0};    // boxes handed out that were ready
  std::uint64_t cold_opens{0};   // boxes opened because none was
  std::uint64_t opened_ahead{0}; // boxes that became ready
  std::uint64_t expired{0};      // closed unused: nobody asked for warm_expiry
  std::uint64_t displaced{0};    // closed unused: to make room for another environment's
  std::uint64_t lost{0};         // dead when they were to be handed out; another was taken
  std::uint64_t failed_opens{0}; // ahead; tried again after 0.1 s, 0.2 s, ... 1 min
  /// Programs that could not be started ahead; the box is used without, unless it died of it.
  std::uint64_t failed_ahead{0};
  std::string last_failure{}; // what() of the last of these two
};

/// Runs submissions on a backend's boxes, each in a box of its own that is destroyed afterwards.
/// Thread-safe. Does not own the backend, which must outlive the pool. Its threads leave signals to
/// the application's.
class SANDBOX_API Pool {
 public:
  /// Starts the threads; opens no box. Throws Error(invalid_argument), and Error(resource) when the
  /// host has no threads to give.
  explicit Pool(Backend& backend, PoolOptions options = {});

  /// shutdown(), then waits for what was stopped and closes the boxes that are ready. A box that is
  /// being opened is waited for.
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Queues a submission; they are begun in the order they came. The future brings what
  /// Sandbox::run returns or throws. `options.sink` is called from one of the pool's threads; it,
  /// `options.cache` and a DescriptorInput must live until the future is ready. A stop request ends
  /// a program that runs; a submission that still waits becomes ready at once, its first stage with
  /// the verdict cancelled and no figures: it has not run. Throws Error(resource) when max_waiting
  /// submissions wait, or after shutdown().
  std::future<Report> submit(Recipe recipe, Submission submission, RunOptions options = {},
                             std::stop_token stop = {});

  /// Has boxes opened, in the background, for submissions with this recipe and these options; they
  /// expire like others. Throws what Sandbox::environment throws. That a box cannot be opened is
  /// seen in the statistics, and thrown by the run that needs it.
  void prepare(const Recipe& recipe, const RunOptions& options = {});

  /// Waits until nothing waits or runs: every future is ready then.
  void drain();

  /// From now on submit() throws and no box is opened ahead; what waits or runs is cancelled as by
  /// a stop request. Does not wait: drain() and the destructor do.
  void shutdown() noexcept;

  PoolStatistics statistics() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

} // namespace sandbox
