// SPDX-License-Identifier: Apache-2.0
//
// The last steps before a program: run in a child that shares init's memory, so nothing here may
// allocate.
#pragma once

#include "outcome.hpp"
#include "slot.hpp"
#include "wire/messages.hpp"

#include <linux/filter.h>

namespace sandbox::init {

struct ChildPlan {
  const wire::Run* run{nullptr};
  char** argv{nullptr};
  char** envp{nullptr};
  int streams[3]{-1, -1, -1};
  int join{-1}; // a cgroup.procs
  int landlock{-1};
  bool shared_uid{false};
  bool offer_to_oom_killer{false};
  bool own_session{false};
  sock_fprog filter{};
  bool filtered{false}; // by what init inherited; `filter` is not looked at
  bool traced{false};   // by init, from execve on
  std::uint64_t token{0};
  /// Set before the child is made, so that one which is killed on its way is a failure too; cleared
  /// by the child when nothing but execve is left, set when a step fails. The program has then not
  /// run.
  Outcome failure;
};

/// Returns only when a step failed; for clone_vfork. `plan` is a ChildPlan.
int become_program(void* plan) noexcept;

} // namespace sandbox::init
