// SPDX-License-Identifier: Apache-2.0
#include "ipc_watch.hpp"

#include "filter.hpp"
#include "raw_call.hpp"

#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace sandbox::init {
namespace {

/// Each note takes CPU time of ours, which on cgroup v2 is not the program's: from so many on there
/// are few in a second.
constexpr std::uint32_t many = 1000;
constexpr timespec pause{0, 200'000};

} // namespace

Outcome IpcWatch::load_filter(const wire::SetUp& set_up) noexcept {
  const Outcome outcome = load_watching_filter(filter_program(set_up.watching_filter), listener_);
  return outcome.failed() ? init::load_filter(filter_program(set_up.filter)) : outcome;
}

void IpcWatch::take_note() noexcept {
  if (noted_ < many) {
    ++noted_;
  } else {
    raw_call(SYS_nanosleep, reinterpret_cast<long>(&pause), 0, 0);
  }
  // A later kernel may have more to say; what it finds there must be zero.
  union {
    char room[512];
    seccomp_notif notification;
  } received{};
  if (raw_call(SYS_ioctl, listener_, SECCOMP_IOCTL_NOTIF_RECV, reinterpret_cast<long>(&received)) !=
      0) {
    return; // the program was killed meanwhile
  }
  seccomp_notif_resp go_on{};
  go_on.id = received.notification.id;
  go_on.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
  raw_call(SYS_ioctl, listener_, SECCOMP_IOCTL_NOTIF_SEND, reinterpret_cast<long>(&go_on));
}

Outcome IpcWatch::renew(std::uint64_t token) noexcept {
  if (noted_ == 0) {
    return {};
  }
  noted_ = 0;
  return check(::syscall(SYS_unshare, CLONE_NEWIPC, 0, 0, 0, 0, token), "unshare", "ipc namespace");
}

} // namespace sandbox::init
