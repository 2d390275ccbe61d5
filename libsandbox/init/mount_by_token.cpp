// SPDX-License-Identifier: Apache-2.0
#include "mount_by_token.hpp"

#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sandbox::init {

Outcome mount_by_token(const char* type, const char* target, unsigned long flags,
                       const char* options, std::uint64_t token) noexcept {
  return check(::syscall(SYS_mount, "sandbox", target, type, flags, options, token), "mount",
               target);
}

Outcome move_by_token(const char* from, const char* to, std::uint64_t token) noexcept {
  return check(::syscall(SYS_mount, from, to, nullptr, MS_MOVE, nullptr, token), "move", from);
}

Outcome be_unused(const char* target, std::uint64_t token) noexcept {
  // The first such call marks a file system that is not in use, and says EAGAIN (umount2(2)).
  if (::syscall(SYS_umount2, target, MNT_EXPIRE | UMOUNT_NOFOLLOW, 0, 0, 0, token) == 0) {
    return {"use", target, EALREADY};
  }
  return errno == EAGAIN ? Outcome{} : check(-1, "use", target);
}

Outcome detach_by_token(const char* target, std::uint64_t token) noexcept {
  return check(::syscall(SYS_umount2, target, MNT_DETACH | UMOUNT_NOFOLLOW, 0, 0, 0, token),
               "umount", target);
}

} // namespace sandbox::init
