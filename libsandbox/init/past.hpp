// SPDX-License-Identifier: Apache-2.0
//
// Where an init puts the file systems of boxes that are gone. Each umount(2) waits until all
// processors have passed through the kernel (synchronize_rcu_expedited() in namespace_unlock(),
// fs/namespace.c), which costs a box more than all its mounts; to move a mount does not wait. So
// used ones are stacked on a directory outside of the root that programs have, and many are taken
// away at once.
#pragma once

#include "os/fd.hpp"
#include "outcome.hpp"

#include <cstdint>

namespace sandbox::init {

class Past {
 public:
  /// The current directory must be the one above the boxes' root (enter_tree). A path to there
  /// stays open.
  Outcome open(std::uint64_t token) noexcept;

  /// The file system at `path`, an absolute one, with all that is in it; takes away what has
  /// gathered, unless that is little. Fails when anything of it is in use. Changes the current
  /// directory.
  Outcome take(const char* path) noexcept;

 private:
  Outcome begin() noexcept;
  Outcome settle() noexcept;

  std::uint64_t token_{0};
  os::Fd above_;
  unsigned held_{0};
  std::uint64_t bytes_{0};
  std::uint64_t files_{0};
};

} // namespace sandbox::init
