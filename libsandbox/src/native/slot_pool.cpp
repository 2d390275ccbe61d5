// SPDX-License-Identifier: Apache-2.0
#include "native/slot_pool.hpp"

#include <vector>

namespace sandbox::native {
namespace {

/// With this many slots still ending their last box, waiting for one is better than making one
/// more.
constexpr std::size_t enough_ending = 4;
constexpr int end_timeout_ms = 5'000;

} // namespace

SlotPool::SlotPool(Make make, std::size_t max_idle) : make_(std::move(make)), max_idle_(max_idle) {}

std::unique_ptr<Slot> SlotPool::take() {
  std::vector<std::unique_ptr<Slot>> spent; // ended when the lock is given up
  std::unique_ptr<Slot> oldest;
  {
    const std::lock_guard lock(mutex_);
    // From the back: what was used last is still in the caches.
    for (std::size_t i = idle_.size(); i-- > 0;) {
      const Slot::State state = idle_[i]->await_free(0);
      if (state != Slot::State::free && state != Slot::State::spent) {
        continue;
      }
      std::unique_ptr<Slot> taken = std::move(idle_[i]);
      idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
      if (state == Slot::State::free) {
        return taken;
      }
      spent.push_back(std::move(taken));
    }
    if (idle_.size() >= enough_ending) {
      oldest = std::move(idle_.front());
      idle_.pop_front();
    }
  }
  if (oldest != nullptr) {
    const Slot::State state = oldest->await_free(end_timeout_ms);
    if (state == Slot::State::free) {
      return oldest;
    }
    if (state == Slot::State::settling) {
      keep(std::move(oldest)); // it will be good again
    }
  }
  oldest.reset();
  spent.clear();
  return make_();
}

std::unique_ptr<Slot> SlotPool::drop_idle() noexcept {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) {
    return nullptr;
  }
  std::unique_ptr<Slot> oldest = std::move(idle_.front());
  idle_.pop_front();
  return oldest;
}

void SlotPool::keep(std::unique_ptr<Slot> slot) noexcept {
  std::unique_ptr<Slot> surplus;
  try {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(slot));
    if (idle_.size() > max_idle_) {
      surplus = std::move(idle_.front());
      idle_.pop_front();
    }
  } catch (const std::exception&) {
    slot.reset(); // not worth more than the box's own end
  }
}

void SlotPool::give_back(std::unique_ptr<Slot> slot) noexcept {
  if (!slot->killed()) {
    keep(std::move(slot));
  }
}

} // namespace sandbox::native
