// SPDX-License-Identifier: Apache-2.0
//
// Which boxes are ready, which to open and which to close. Only bookkeeping: the caller locks,
// opens, closes and looks at the clock.
#pragma once

#include <sandbox/backend.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace sandbox::pool {

class Stock {
 public:
  using Clock = std::chrono::steady_clock;
  using Boxes = std::vector<std::unique_ptr<Session>>;

  struct Bounds {
    std::size_t boxes_each{0}; // of one environment
    std::size_t boxes{0};
    std::uint64_t memory_bytes{unlimited};
    Clock::duration expiry{};
  };

  struct Counts {
    std::size_t ready{0};
    std::size_t opening{0};
    std::uint64_t expired{0};
    std::uint64_t displaced{0};
  };

  /// What is to be done next: close these boxes, then call closed(); or open one, then call
  /// opened() or failed(); or nothing before `look_again` unless something changes.
  struct Task {
    Boxes close{};
    std::optional<Environment> open{};
    bool start_ahead{false}; // the environment's program, in the box that is opened
    Clock::time_point look_again{};
  };

  explicit Stock(const Bounds& bounds);

  /// The box that has been ready longest, or null.
  std::unique_ptr<Session> take(const Environment& environment) noexcept;

  /// Boxes for this environment are wanted from now on, until it expires.
  void want(const Environment& environment, Clock::time_point now);

  Task next(Clock::time_point now);
  void closed() noexcept;
  void opened(const Environment& environment, std::unique_ptr<Session> box) noexcept;
  /// A program that does not start ahead, several times in a row, is not tried for each box. Comes
  /// before opened() or failed().
  void tried_ahead(const Environment& environment, bool started) noexcept;
  void failed(const Environment& environment, Clock::time_point now) noexcept;

  Counts counts() const noexcept;

 private:
  struct Shelf {
    Environment environment;
    Clock::time_point last_wanted{};
    Clock::time_point not_before{}; // after a failure
    unsigned failures{0};           // in a row
    unsigned failures_ahead{0};
    bool rests{false}; // nothing was opened since not_before was set for a rest
    std::size_t opening{0};
    Boxes ready{};

    std::size_t size() const noexcept { return ready.size() + opening; }
    std::uint64_t cost() const noexcept { return environment.expected_limits.memory_bytes; }
  };
  using Shelves = std::list<Shelf>;

  /// What is there, or what could be spared.
  struct Load {
    std::size_t boxes;
    std::uint64_t memory_bytes;
  };

  Shelves::iterator find(const Environment& environment) noexcept;
  Shelves::iterator drop(Shelves::iterator shelf, std::uint64_t& counter);
  void displace_one(Shelf& shelf);
  void expire(Clock::time_point now);
  Shelf* most_in_need(Clock::time_point now) noexcept;
  bool fits(const Shelf& shelf) const noexcept { return fits(shelf, Load{0, 0}); }
  bool fits(const Shelf& shelf, const Load& spared) const noexcept;
  Load spared_for(const Shelf& newcomer) const noexcept;
  void make_room(const Shelf& newcomer);
  Clock::time_point next_event(Clock::time_point now) const noexcept;

  Bounds bounds_;
  Shelves shelves_; // wanted last first
  Boxes discarded_;
  unsigned closing_{0};
  Counts counts_;
};

} // namespace sandbox::pool
