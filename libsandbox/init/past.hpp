// SPDX-License-Identifier: Apache-2.0
//
// Where an init puts the file systems of boxes that are gone. Each umount(2) waits until all
// processors have passed through the kernel (synchronize_rcu_expedited() in namespace_unlock(),
// fs/namespace.c), which costs a box more than all its mounts; to move a mount does not wait. So
// used ones are stacked on a directory outside of the root that programs have, and many are taken
// away at once.
#pragma once

#include "outcome.hpp"

#include <cstdint>

namespace sandbox::init {

class Past {
 public:
  /// The current directory must be the one above the boxes' root (enter_tree). A path to there
  /// stays open.
  Outcome open(std::uint64_t token) noexcept;

  /// The file system at `path`, an absolute one, with all that is in it. Fails when anything of it
  /// is in use.
  Outcome take(const char* path) noexcept;

  /// Takes away what has gathered, unless that is little. The current directory is another then.
  Outcome settle() noexcept;

 private:
  Outcome begin() noexcept;
  Outcome end() noexcept;

  std::uint64_t token_{0};
  int above_{-1};
  unsigned held_{0};
  std::uint64_t bytes_{0};
  std::uint64_t files_{0};
};

} // namespace sandbox::init
