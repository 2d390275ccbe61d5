// SPDX-License-Identifier: Apache-2.0
//
// A slot: a prepared place in which one box at a time lives. It holds what boxes can share without
// carrying anything over, and clones init for each.
#pragma once

#include "counters.hpp"
#include "oom_score.hpp"
#include "packet.hpp"
#include "reserve.hpp"
#include "socket_watch.hpp"
#include "wire/launch.hpp"

#include <optional>

namespace sandbox::init {

class IpcWatch;

/// What init inherits from its slot, and has in common with it.
struct SlotState {
  Figures figures;                 // of the slot's own control groups (v1)
  std::optional<Counters> at_rest; // of these, while no process but init has run since
  int child_signals{-1};           // signalfd for SIGCHLD
  int landlock{-1};                // ruleset, or -1
  OomScore oom_score;
  bool shared_uid{false}; // init and program have one uid
  bool filtered{false};   // the program's filter is in force already, for init too
  std::uint64_t token{0}; // which that filter lets init pass by
  bool in_container{false};
  Reserve reserve;       // in a container
  int last_pid{-1};      // ns_last_pid; -1 where process numbers cannot begin anew
  const IpcWatch* ipc{}; // nullptr in a container
  SocketWatch sockets;   // of the slot's network namespace
  // How many processes that are not the program's share its control groups, where it has none of
  // its own.
  unsigned companions{2};
};

struct SlotPlan {
  const wire::SetUp& set_up;
  const wire::NewSlot& request;
};

/// Takes what a signalfd has; says nothing of it.
void drain_child_signals(int signals) noexcept;

/// Waits on `released` for its id maps, prepares, and serves its socket until that closes. Returns
/// the exit status.
int run_slot(const SlotPlan& plan, Descriptors& descriptors, int released) noexcept;

} // namespace sandbox::init
