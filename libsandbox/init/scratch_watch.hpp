// SPDX-License-Identifier: Apache-2.0
//
// Whether a box did anything to its /tmp. Few do, and a /tmp that is as new need not be made anew.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <ctime>

namespace sandbox::init {

class ScratchWatch {
 public:
  /// /tmp has been mounted.
  void remember() noexcept;

  /// From now on a program may be at it.
  void box_begins() noexcept;

  /// True only when nothing has been done to it since then that the next box could see. No process
  /// of the box is left.
  bool is_untouched() noexcept;

 private:
  /// What SELinux calls it, which an owner may set; or why there is none.
  struct Label {
    long size;
    char text[256];
    bool operator==(const Label&) const = default;
  };
  static Label label() noexcept;

  struct stat seen_ {};
  Label seen_label_{};
  std::uint64_t last_inode_{0}; // 0: unknown
  timespec begun_{};
};

} // namespace sandbox::init
