// SPDX-License-Identifier: Apache-2.0
//
// The supervisor's side of a slot: one box at a time.
#pragma once

#include "native/control_groups.hpp"
#include "os/fd.hpp"
#include "wire/launch.hpp"

#include <cstdint>
#include <memory>

namespace sandbox::native {

class Slot {
 public:
  Slot(os::Fd socket, os::Fd process, std::unique_ptr<SlotGroup> group, unsigned number) noexcept;
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  /// Ends the slot, with the box in it, and waits until no process of it is left.
  ~Slot();

  /// Waits for the slot's word that it is prepared. Throws Error.
  void await_ready(int timeout_ms);

  /// Starts a box in it; returns our end of the stream to its init. Throws Error.
  os::Fd launch(const wire::Launch& request);

  /// True when the last box is gone. Waits for that at most `timeout_ms`; throws Error when the
  /// slot is lost.
  bool await_free(int timeout_ms);

  /// Ends every process in the slot at once. It is of no further use.
  void kill() noexcept;
  bool killed() const noexcept { return killed_; }

  unsigned number() const noexcept { return number_; }
  std::uint8_t landlock_abi() const noexcept { return landlock_abi_; }
  /// nullptr on a host without control groups for us.
  SlotGroup* group() noexcept { return group_.get(); }

 private:
  os::Fd socket_;
  os::Fd process_;
  std::unique_ptr<SlotGroup> group_;
  unsigned number_;
  std::uint8_t landlock_abi_{0};
  bool occupied_{false};
  bool killed_{false};
};

} // namespace sandbox::native
