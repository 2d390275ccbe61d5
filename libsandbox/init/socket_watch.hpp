// SPDX-License-Identifier: Apache-2.0
//
// Boxes of one slot have its network namespace one after another. A unix socket ends with the
// process that holds it, but for one that holds itself: sent to itself and never received, it lives
// until the kernel looks for such rings, some time later (net/unix/garbage.c). Until then the next
// box would find its name taken, and could read it. The kernel counts a namespace's sockets from
// their making to their last byte; a list of unix ones, /proc/net/unix, costs it a lock for each of
// 256 buckets.
#pragma once

#include "os/fd.hpp"

namespace sandbox::init {

class SocketWatch {
 public:
  /// In the namespace whose sockets it is to see.
  void open() noexcept;

  /// False as well when it cannot be told.
  bool sees_none() const noexcept;

 private:
  os::Fd count_;
};

} // namespace sandbox::init
