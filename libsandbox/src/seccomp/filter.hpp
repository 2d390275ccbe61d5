// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

namespace sandbox::seccomp {

/// What the filter must know of the box; all the rest of the policy is the same for every program.
struct FilterOptions {
  bool loopback{false};   // AF_INET and AF_INET6 allowed for TCP and UDP
  bool shared_uid{false}; // init has the program's uid: prlimit64 only on the caller itself
  /// What slot and init show in the sixth argument of mount, clone3, ptrace and
  /// unshare(CLONE_NEWIPC), which the kernel does not read; for a filter that holds for them too.
  /// 0: nobody makes these calls. Whoever knows it makes them.
  std::uint64_t token{0};
  bool watches_ipc{false}; // whoever listens to the filter is told of calls that change the IPC
                           // namespace before they are made

  friend bool operator==(const FilterOptions&, const FilterOptions&) = default;
};

/// The policy (policy.hpp) as a program for seccomp(2), native architecture only. Compiled outside
/// the box: loading it takes no memory allocation, so that the child of a fork may do it.
/// Throws Error(setup_failed).
std::vector<sock_filter> compile_filter(const FilterOptions& options);

} // namespace sandbox::seccomp
