// SPDX-License-Identifier: Apache-2.0
#include "credentials.hpp"

#include "id_map.hpp"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sandbox::init {

Outcome drop_bounding_set() noexcept {
  // All numbers there can be: libcap asks the kernel once how many it knows, and
  // believes one wrong answer.
  constexpr unsigned long end = 64;
  constexpr unsigned long last_everywhere = CAP_CHECKPOINT_RESTORE; // Linux 5.9; we need newer
  for (unsigned long capability = 0; capability < end; ++capability) {
    const bool dropped = ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0;
    if (!dropped && (errno != EINVAL || capability <= last_everywhere)) {
      return check(-1, "drop bounding set");
    }
  }
  constexpr unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
                                 SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) {
    return check(-1, "clear ambient set");
  }
  return check(::prctl(PR_SET_SECUREBITS, bits, 0, 0, 0), "prctl", "PR_SET_SECUREBITS");
}

Outcome keep_init_capabilities(bool shared_uid) noexcept {
  cap_t capabilities = cap_init();
  if (capabilities == nullptr) {
    return check(-1, "cap_init");
  }
  constexpr cap_value_t own_uid[] = {CAP_SETUID, CAP_SETGID, CAP_KILL};
  // With the program's uid init sees every process of the box but for those that made themselves
  // undumpable; /proc hides them, and their CPU time, from whoever may not trace them.
  constexpr cap_value_t programs_uid[] = {CAP_SYS_PTRACE};
  const cap_value_t* kept = shared_uid ? programs_uid : own_uid;
  const int count = shared_uid ? 1 : 3;
  Outcome outcome;
  if (cap_set_flag(capabilities, CAP_PERMITTED, count, kept, CAP_SET) != 0 ||
      cap_set_flag(capabilities, CAP_EFFECTIVE, count, kept, CAP_SET) != 0) {
    outcome = check(-1, "cap_set_flag");
  }
  if (!outcome.failed()) {
    outcome = check(cap_set_proc(capabilities), "cap_set_proc");
  }
  cap_free(capabilities);
  return outcome;
}

Outcome touch_files_as_program() noexcept {
  ::setfsgid(program_id);
  ::setfsuid(program_id);
  // Neither reports failure; asking again returns the id in force.
  if (::setfsgid(static_cast<gid_t>(-1)) != static_cast<int>(program_id) ||
      ::setfsuid(static_cast<uid_t>(-1)) != static_cast<int>(program_id)) {
    return {"setfsuid", "", EPERM};
  }
  return in_order([] { return stay_undumpable(); },
                  [] { return check(::chdir("/box"), "chdir", "/box"); });
}

Outcome stay_undumpable() noexcept {
  return check(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl", "PR_SET_DUMPABLE");
}

Outcome drop_all_capabilities() noexcept {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
  return check(::syscall(SYS_capset, &header, none), "capset");
}

} // namespace sandbox::init
