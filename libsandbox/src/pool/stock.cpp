// SPDX-License-Identifier: Apache-2.0
#include "pool/stock.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sandbox::pool {
namespace {

constexpr std::chrono::milliseconds first_delay{100};
constexpr std::chrono::milliseconds longest_delay{std::chrono::minutes{1}};
constexpr std::chrono::hours longest_sleep{24};
constexpr unsigned most_failures_ahead = 3;
/// To start an interpreter takes as long as many a submission runs: not beside the one that has
/// just been given a box, while others are ready.
constexpr std::chrono::milliseconds rest_after_use{10};

Stock::Clock::duration delay_after(unsigned failures) noexcept {
  constexpr unsigned most_doublings = 10;
  return std::min(longest_delay, first_delay * (1U << std::min(failures - 1, most_doublings)));
}

} // namespace

Stock::Stock(const Bounds& bounds) : bounds_(bounds) {}

std::unique_ptr<Session> Stock::take(const Environment& environment) noexcept {
  const auto shelf = find(environment);
  if (shelf == shelves_.end() || shelf->ready.empty()) {
    return nullptr;
  }
  std::unique_ptr<Session> box = std::move(shelf->ready.front());
  shelf->ready.erase(shelf->ready.begin());
  return box;
}

void Stock::want(const Environment& environment, Clock::time_point now) {
  auto shelf = find(environment);
  if (shelf == shelves_.end()) {
    Shelf made{.environment = environment};
    made.ready.reserve(std::min(bounds_.boxes_each, bounds_.boxes));
    shelves_.push_front(std::move(made));
  } else {
    shelves_.splice(shelves_.begin(), shelves_, shelf);
  }
  Shelf& wanted = shelves_.front();
  wanted.last_wanted = now;
  const bool rested =
      std::exchange(wanted.rests, wanted.environment.ahead.has_value() && !wanted.ready.empty());
  if (!wanted.rests) {
    wanted.not_before = {};
  } else if (!rested) {
    wanted.not_before = now + rest_after_use; // once, however often it is used meanwhile
  }
  wanted.failures = 0;
  // More environments than boxes: the oldest could not have any.
  for (shelf = shelves_.end(); shelves_.size() > bounds_.boxes && shelf != shelves_.begin();) {
    --shelf;
    if (shelf->opening == 0) {
      shelf = drop(shelf, counts_.displaced);
    }
  }
}

Stock::Task Stock::next(Clock::time_point now) {
  expire(now);
  Task task;
  // What was dropped is closed before anything is opened: the bounds hold for what exists.
  if (discarded_.empty() && closing_ == 0) {
    Shelf* const shelf = most_in_need(now);
    if (shelf != nullptr && fits(*shelf)) {
      task.open = shelf->environment;
      task.start_ahead =
          shelf->environment.ahead.has_value() && shelf->failures_ahead < most_failures_ahead;
      ++shelf->opening;
      shelf->rests = false;
      return task;
    }
    if (shelf != nullptr) {
      make_room(*shelf);
    }
  }
  if (!discarded_.empty()) {
    ++closing_;
    task.close.swap(discarded_);
    return task;
  }
  task.look_again = next_event(now);
  return task;
}

void Stock::closed() noexcept {
  --closing_;
}

/// A shelf for which a box is being opened is not dropped, so it is there; and want() has reserved
/// the place.
void Stock::opened(const Environment& environment, std::unique_ptr<Session> box) noexcept {
  const auto shelf = find(environment);
  --shelf->opening;
  shelf->failures = 0;
  shelf->ready.push_back(std::move(box));
}

void Stock::tried_ahead(const Environment& environment, bool started) noexcept {
  unsigned& failures = find(environment)->failures_ahead;
  failures = started ? 0 : failures + 1;
}

void Stock::failed(const Environment& environment, Clock::time_point now) noexcept {
  const auto shelf = find(environment);
  --shelf->opening;
  ++shelf->failures;
  shelf->not_before = now + delay_after(shelf->failures);
}

Stock::Counts Stock::counts() const noexcept {
  Counts counts = counts_;
  for (const Shelf& shelf : shelves_) {
    counts.ready += shelf.ready.size();
    counts.opening += shelf.opening;
  }
  return counts;
}

Stock::Shelves::iterator Stock::find(const Environment& environment) noexcept {
  return std::find_if(shelves_.begin(), shelves_.end(),
                      [&](const Shelf& shelf) { return shelf.environment == environment; });
}

Stock::Shelves::iterator Stock::drop(Shelves::iterator shelf, std::uint64_t& counter) {
  const std::size_t count = shelf->ready.size();
  discarded_.insert(discarded_.end(), std::move_iterator(shelf->ready.begin()),
                    std::move_iterator(shelf->ready.end()));
  counter += count;
  return shelves_.erase(shelf);
}

void Stock::displace_one(Shelf& shelf) {
  discarded_.push_back(std::move(shelf.ready.front()));
  shelf.ready.erase(shelf.ready.begin());
  ++counts_.displaced;
}

void Stock::expire(Clock::time_point now) {
  for (auto shelf = shelves_.begin(); shelf != shelves_.end();) {
    const bool expired = shelf->opening == 0 && now - shelf->last_wanted >= bounds_.expiry;
    shelf = expired ? drop(shelf, counts_.expired) : std::next(shelf);
  }
}

/// The one with the fewest boxes, of these the one wanted last.
Stock::Shelf* Stock::most_in_need(Clock::time_point now) noexcept {
  Shelf* chosen = nullptr;
  for (Shelf& shelf : shelves_) {
    if (shelf.size() >= bounds_.boxes_each || shelf.not_before > now ||
        (chosen != nullptr && chosen->size() <= shelf.size())) {
      continue;
    }
    if (fits(shelf) || (shelf.size() == 0 && fits(shelf, spared_for(shelf)))) {
      chosen = &shelf;
    }
  }
  return chosen;
}

/// Whether a box more of this shelf is within the bounds once `spared` is gone.
bool Stock::fits(const Shelf& shelf, const Load& spared) const noexcept {
  Load load{0, 0};
  for (const Shelf& each : shelves_) {
    load.boxes += each.size();
    load.memory_bytes += each.cost() * each.size();
  }
  if (load.boxes - spared.boxes >= bounds_.boxes) {
    return false;
  }
  return bounds_.memory_bytes == unlimited ||
         (shelf.cost() <= bounds_.memory_bytes &&
          load.memory_bytes - spared.memory_bytes <= bounds_.memory_bytes - shelf.cost());
}

/// An environment without a box takes the place of second ones, and of those wanted before it.
/// Looked at as a whole before any is closed: closing them and finding that it is not enough would
/// have them opened again, and so on for ever.
Stock::Load Stock::spared_for(const Shelf& newcomer) const noexcept {
  Load spared{0, 0};
  bool older = false;
  for (const Shelf& shelf : shelves_) {
    const std::size_t stays = older || shelf.ready.empty() ? 0 : 1;
    spared.boxes += shelf.ready.size() - stays;
    spared.memory_bytes += shelf.cost() * (shelf.ready.size() - stays);
    older = older || &shelf == &newcomer;
  }
  return spared;
}

void Stock::make_room(const Shelf& newcomer) {
  for (auto shelf = shelves_.rbegin(); shelf != shelves_.rend(); ++shelf) {
    while (shelf->ready.size() > 1 && !fits(newcomer)) {
      displace_one(*shelf);
    }
  }
  for (auto shelf = shelves_.rbegin(); &*shelf != &newcomer; ++shelf) {
    while (!shelf->ready.empty() && !fits(newcomer)) {
      displace_one(*shelf);
    }
  }
}

Stock::Clock::time_point Stock::next_event(Clock::time_point now) const noexcept {
  Clock::time_point first = now + longest_sleep;
  for (const Shelf& shelf : shelves_) {
    if (shelf.opening == 0) {
      first = std::min(first, shelf.last_wanted + bounds_.expiry);
    }
    if (shelf.not_before > now) {
      first = std::min(first, shelf.not_before);
    }
  }
  return first;
}

} // namespace sandbox::pool
