// SPDX-License-Identifier: Apache-2.0
#include "native/slot_pool.hpp"

#include <sandbox/error.hpp>

namespace sandbox::native {
namespace {

/// With this many slots still ending their last box, waiting for one is better than making one
/// more.
constexpr std::size_t enough_ending = 4;
constexpr int end_timeout_ms = 5'000;

/// A slot that is lost is as good as none.
bool is_free(Slot& slot, int timeout_ms) noexcept {
  try {
    return slot.await_free(timeout_ms);
  } catch (const std::exception&) {
    slot.kill();
    return false;
  }
}

} // namespace

SlotPool::SlotPool(Make make, std::size_t max_idle) : make_(std::move(make)), max_idle_(max_idle) {}

std::unique_ptr<Slot> SlotPool::take() {
  std::unique_ptr<Slot> oldest;
  {
    const std::lock_guard lock(mutex_);
    // From the back: what was used last is still in the caches.
    for (auto slot = idle_.end(); slot != idle_.begin();) {
      --slot;
      if (is_free(**slot, 0)) {
        std::unique_ptr<Slot> taken = std::move(*slot);
        idle_.erase(slot);
        return taken;
      }
    }
    if (idle_.size() >= enough_ending) {
      oldest = std::move(idle_.front());
      idle_.pop_front();
    }
  }
  if (oldest != nullptr && is_free(*oldest, end_timeout_ms)) {
    return oldest;
  }
  oldest.reset();
  return make_();
}

void SlotPool::give_back(std::unique_ptr<Slot> slot) noexcept {
  if (slot->killed()) {
    return;
  }
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

} // namespace sandbox::native
