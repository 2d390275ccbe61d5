// SPDX-License-Identifier: Apache-2.0
#include "native/slot_number.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

namespace sandbox::native {

unsigned SlotNumbers::take() {
  const std::lock_guard lock(mutex_);
  if (!given_back_.empty()) {
    return given_back_.extract(given_back_.begin()).value();
  }
  if (never_taken_ == bound_) {
    throw Error(ErrorCode::resource, "box",
                fmt::format("{} are open or kept ready, as many as have user ids", bound_),
                "close boxes first, or lower NativeOptions::max_idle_slots");
  }
  return never_taken_++;
}

void SlotNumbers::give_back(unsigned number) noexcept {
  const std::lock_guard lock(mutex_);
  try {
    given_back_.insert(number);
  } catch (const std::exception&) {
    // Without memory to remember it the number stays taken.
  }
}

} // namespace sandbox::native
