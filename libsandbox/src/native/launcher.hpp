// SPDX-License-Identifier: Apache-2.0
//
// The supervisor's side of guard and launcher: one process tree for each environment.
#pragma once

#include "native/box_filter.hpp"
#include "native/control_groups.hpp"
#include "native/identity.hpp"
#include "native/slot.hpp"
#include "native/tree_plan.hpp"
#include "os/fd.hpp"
#include "os/made_here.hpp"

#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sandbox::native {

class Launcher {
 public:
  /// Starts the guard, which starts the launcher, which builds the tree. Throws Error naming the
  /// step that failed.
  Launcher(const TreePlan& plan, const Identity& identity, const ControlGroups& groups,
           const std::string& owner, const BoxFilter& filter);
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;
  /// Ends every slot and box and waits, for a bounded time, for the guard to have removed our
  /// control groups' leaves.
  ~Launcher();

  /// Clones a slot. Thread-safe. Throws Error.
  std::unique_ptr<Slot> make_slot(const SlotIds& ids, std::unique_ptr<SlotGroup> group,
                                  SlotNumber number, bool forbid_tcp);

 private:
  void set_up(const TreePlan& plan, const Identity& identity, const ControlGroups& groups,
              const std::string& owner, const BoxFilter& filter);

  void end_guard() noexcept;
  std::vector<os::Fd> ask(const wire::NewSlot& request, const std::vector<int>& descriptors);

  std::mutex mutex_;
  os::Fd control_;
  unsigned unanswered_{0};
  os::MadeHere made_here_;
  pid_t guard_{-1};
  os::Fd guard_process_;
};

} // namespace sandbox::native
