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

Outcome unmount_by_token(const char* target, std::uint64_t token) noexcept {
  return check(::syscall(SYS_umount2, target, UMOUNT_NOFOLLOW, 0, 0, 0, token), "umount", target);
}

} // namespace sandbox::init
