// SPDX-License-Identifier: Apache-2.0
//
// The slots of one environment: taken for a box, given back after it.
#pragma once

#include "native/slot.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace sandbox::native {

class SlotPool {
 public:
  using Make = std::function<std::unique_ptr<Slot>()>;

  /// `make` is called, possibly from several threads, when no slot is free. At most `max_idle` are
  /// kept unused.
  SlotPool(Make make, std::size_t max_idle);

  /// A slot whose last box is gone. Throws what `make` throws.
  std::unique_ptr<Slot> take();
  /// One that is not in use, for the caller to end; nullptr when there is none.
  std::unique_ptr<Slot> drop_idle() noexcept;
  /// A killed slot is destroyed; another waits for its box to end and for the next one.
  void give_back(std::unique_ptr<Slot> slot) noexcept;

 private:
  void keep(std::unique_ptr<Slot> slot) noexcept;

  Make make_;
  std::size_t max_idle_;
  std::mutex mutex_;
  std::deque<std::unique_ptr<Slot>> idle_;
};

} // namespace sandbox::native
