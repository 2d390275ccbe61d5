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
namespace {

constexpr cap_value_t of_own_uid[] = {CAP_SETUID, CAP_SETGID, CAP_KILL, CAP_SYS_ADMIN};
constexpr int own_uid_count = 3; // the last is raised only to renew a box
// With the program's uid init sees every process of the box but for those that made themselves
// undumpable; /proc hides them, and their CPU time, from whoever may not trace them.
constexpr cap_value_t of_programs_uid[] = {CAP_SYS_PTRACE};

/// Made once for each choice: libcap asks the kernel for its version each time, and what it takes
/// of the heap an init would leave to its slot.
class CapabilitySets {
 public:
  CapabilitySets(const cap_value_t* kept, int permitted, int effective) noexcept
      : sets_(cap_init()),
        good_(sets_ != nullptr &&
              cap_set_flag(sets_, CAP_PERMITTED, permitted, kept, CAP_SET) == 0 &&
              cap_set_flag(sets_, CAP_EFFECTIVE, effective, kept, CAP_SET) == 0) {}
  CapabilitySets(const CapabilitySets&) = delete;
  CapabilitySets& operator=(const CapabilitySets&) = delete;

  Outcome enter() const noexcept {
    return check(good_ ? cap_set_proc(sets_) : -1, "set capabilities");
  }

 private:
  cap_t sets_; // for as long as the process lives
  bool good_;
};

// Not made when first used: an init could be killed then, and its slot has the same memory.
const CapabilitySets programs_uid(of_programs_uid, 1, 1);
const CapabilitySets own_uid(of_own_uid, own_uid_count, own_uid_count);
const CapabilitySets renewing(of_own_uid, own_uid_count + 1, own_uid_count);
const CapabilitySets raised(of_own_uid, own_uid_count + 1, own_uid_count + 1);

} // namespace

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

Outcome keep_init_capabilities(InitRights rights) noexcept {
  switch (rights) {
  case InitRights::programs_uid:
    return programs_uid.enter();
  case InitRights::own_uid:
    return own_uid.enter();
  case InitRights::renewing:
    break;
  }
  return renewing.enter();
}

Outcome raise_mount_capability() noexcept {
  return raised.enter();
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
