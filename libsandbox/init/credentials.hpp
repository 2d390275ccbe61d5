// SPDX-License-Identifier: Apache-2.0
//
// Capabilities, and the ids under which files are touched.
#pragma once

#include "outcome.hpp"

namespace sandbox::init {

/// Empties the bounding set and locks the securebits, so that no execve in the box can gain a
/// capability.
Outcome drop_bounding_set() noexcept;

/// What init needs to start and end programs.
enum class InitRights : unsigned char {
  own_uid,      // CAP_SETUID, CAP_SETGID, CAP_KILL
  programs_uid, // init shares the program's uid; CAP_SYS_PTRACE, to see them all
  renewing,     // as own_uid, and CAP_SYS_ADMIN, which is not effective
};
Outcome keep_init_capabilities(InitRights rights) noexcept;

/// Makes CAP_SYS_ADMIN effective, until the next keep_init_capabilities().
Outcome raise_mount_capability() noexcept;

/// The kernel forgets PR_SET_DUMPABLE at each change of an effective or file system id
/// (fs.suid_dumpable, commit_creds() in kernel/cred.c).
Outcome stay_undumpable() noexcept;

/// From here on init touches files as the program's user would, and is in /box.
Outcome touch_files_as_program() noexcept;

/// For the child that becomes the program: no capability in any set. Allocates nothing.
Outcome drop_all_capabilities() noexcept;

} // namespace sandbox::init
