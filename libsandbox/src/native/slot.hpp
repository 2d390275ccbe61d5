// SPDX-License-Identifier: Apache-2.0
//
// The supervisor's side of a slot: one box at a time.
#pragma once

#include "monitor/channel.hpp"
#include "native/control_groups.hpp"
#include "native/slot_number.hpp"
#include "os/fd.hpp"
#include "os/made_here.hpp"
#include "wire/launch.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace sandbox::native {

class Slot {
 public:
  Slot(os::Fd socket, os::Fd process, std::unique_ptr<SlotGroup> group, SlotNumber number) noexcept;
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  /// Ends the slot, with the box in it, and waits until no process of it is left.
  ~Slot();

  /// Waits for the slot's word that it is prepared. Throws Error.
  void await_ready(int timeout_ms);

  /// Starts a box in it; returns our end of the stream to its init. Throws Error.
  std::unique_ptr<monitor::Channel> launch(const wire::Launch& request);

  /// The box is of no more use. `channel` is what launch() returned.
  void end_box(std::unique_ptr<monitor::Channel> channel) noexcept;

  enum class State : std::uint8_t {
    occupied, // the last box has not ended
    settling, // the kernel is still giving back what that box used
    free,
    spent, // something of the box stays behind, or the slot is lost: of no further use
  };
  /// Waits for the end of the last box, at most `timeout_ms`.
  State await_free(int timeout_ms) noexcept;

  /// Ends every process in the slot at once. It is of no further use.
  void kill() noexcept;
  bool killed() const noexcept { return killed_; }

  std::uint8_t landlock_abi() const noexcept { return landlock_abi_; }
  /// nullptr on a host without control groups for us.
  SlotGroup* group() noexcept { return group_.get(); }

 private:
  bool box_is_gone(int timeout_ms);

  os::MadeHere made_here_;
  SlotNumber number_; // given back when no process of the slot is left
  std::unique_ptr<SlotGroup> group_;
  os::Fd socket_;
  os::Fd process_;
  std::unique_ptr<monitor::Channel> channel_; // between boxes of one init
  std::uint8_t landlock_abi_{0};
  bool occupied_{false};
  bool killed_{false};
  std::chrono::steady_clock::time_point gone_at_{};
};

} // namespace sandbox::native
