// SPDX-License-Identifier: Apache-2.0
//
// Boxes of one slot have one IPC namespace after another program has left it untouched: to make one
// costs a third of all of a box's namespaces. Before a program makes or finds its first object
// there (System V shared memory, semaphores, message queues; POSIX message queues) the kernel tells
// us and has it wait (SECCOMP_RET_USER_NOTIF, seccomp_unotify(2)); the next box then gets a
// namespace of its own. Nothing is decided here but that, so there is nothing to race with.
#pragma once

#include "outcome.hpp"
#include "wire/launch.hpp"

#include <atomic>
#include <cstdint>

namespace sandbox::init {

class IpcWatch {
 public:
  /// Loads the filter that notifies, for good. Where that cannot be (the kernel allows no second
  /// listener beside one outside) the one that does not, and each box gets a namespace.
  Outcome load_filter(const wire::SetUp& set_up) noexcept;

  /// Where it does not, a box needs CLONE_NEWIPC.
  bool is_watching() const noexcept { return listener_ >= 0; }

  /// No program has made or found an object. For init as well, once no program lives.
  bool is_untouched() const noexcept { return noted_ == 0; }

  /// To poll for input while a program may run; -1 without.
  int descriptor() const noexcept { return listener_; }
  /// Lets one program go on that the kernel told of. Leaves errno alone.
  void take_note() noexcept;

  /// No program lives: a new namespace if one was told of.
  Outcome renew(std::uint64_t token) noexcept;

 private:
  int listener_{-1};
  std::atomic<std::uint32_t> noted_{0}; // since renew()
};

} // namespace sandbox::init
