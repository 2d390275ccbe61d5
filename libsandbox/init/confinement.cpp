// SPDX-License-Identifier: Apache-2.0
#include "confinement.hpp"

#include "credentials.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <csignal>

namespace sandbox::init {
namespace {

/// Limits that no recipe changes; hard ones, so that they cannot be raised again. Where the
/// application's own are lower they stay: no honest program needs what these leave.
Outcome set_constant_rlimits() noexcept {
  // A core limit of 1 stops a core_pattern pipe from being run as well (fs/coredump.c), where 0
  // would not.
  constexpr struct {
    __rlimit_resource resource;
    rlim_t value;
  } limits[] = {{RLIMIT_CORE, 1},          {RLIMIT_MEMLOCK, 0}, {RLIMIT_MSGQUEUE, 64 << 10},
                {RLIMIT_SIGPENDING, 1024}, {RLIMIT_RTPRIO, 0},  {RLIMIT_NICE, 0}};
  for (const auto& limit : limits) {
    rlimit both{};
    if (::getrlimit(limit.resource, &both) != 0) {
      return check(-1, "getrlimit");
    }
    both.rlim_cur = both.rlim_max = std::min(both.rlim_max, limit.value);
    if (::setrlimit(limit.resource, &both) != 0) {
      return check(-1, "setrlimit");
    }
  }
  return {};
}

} // namespace

Outcome confine_for_good() noexcept {
  return in_order([] { return stay_undumpable(); }, [] { return set_constant_rlimits(); },
                  [] {
                    return check(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl",
                                 "PR_SET_NO_NEW_PRIVS");
                  },
                  [] { return drop_bounding_set(); });
}

Outcome watch_children(int& signals) noexcept {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGCHLD);
  if (sigprocmask(SIG_SETMASK, &blocked, nullptr) != 0) {
    return check(-1, "sigprocmask");
  }
  signals = ::signalfd(-1, &blocked, SFD_CLOEXEC | SFD_NONBLOCK);
  return check(signals, "signalfd");
}

} // namespace sandbox::init
