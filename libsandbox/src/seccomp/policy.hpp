// SPDX-License-Identifier: Apache-2.0
//
// The system call policy as data. A call in neither table gets the default action.
#pragma once

#include "seccomp/filter.hpp"

#include <linux/seccomp.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace sandbox::seccomp {

/// What the kernel is to do: a SECCOMP_RET_* value with its data.
using Action = std::uint32_t;

inline constexpr Action allow = SECCOMP_RET_ALLOW;
inline constexpr Action notify = SECCOMP_RET_USER_NOTIF;

constexpr Action fail(int error) {
  return SECCOMP_RET_ERRNO | (static_cast<Action>(error) & SECCOMP_RET_DATA);
}

/// ENOSYS and not EPERM, because a C library that meets a refused new call must believe in an old
/// kernel to take its fallback; with EPERM it gives up.
inline constexpr Action default_action = fail(ENOSYS);

/// Calls that are decided by their number.
struct Group {
  Action action;
  std::string_view why;
  std::vector<const char*> calls;
};

/// (argument & mask) == value. Of arguments that the kernel knows, the upper half is never looked
/// at: it is dropped from an int, so a comparison that saw it could be dodged.
struct Check {
  std::uint32_t argument;
  std::uint32_t mask;
  std::uint32_t value;
  /// Of a secret: all 64 bits are looked at before anything is decided, so that no time tells which
  /// half differs. The mask has no meaning then.
  std::optional<std::uint32_t> upper{};
};

struct Clause {
  std::vector<Check> all;
  Action action;
};

/// A call that is decided by its arguments: the first clause all of whose checks hold.
struct CallRule {
  const char* call;
  std::vector<Clause> clauses;
  Action otherwise;
};

/// A call that some libseccomp does not know by name. Since Linux 5.0 a new call has the same
/// number on all architectures that this library runs on.
struct LaterCall {
  std::string_view name;
  int number;
};

std::vector<LaterCall> later_calls();

/// Names that this architecture lacks are among them, and are to be skipped.
std::vector<Group> groups();

/// They decide before the groups: with shared_uid some name a call that is in a group as well.
std::vector<CallRule> call_rules(const FilterOptions& options);

} // namespace sandbox::seccomp
