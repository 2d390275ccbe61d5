// SPDX-License-Identifier: Apache-2.0
#include "renewal.hpp"

#include "credentials.hpp"
#include "ipc_watch.hpp"
#include "mounts.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <tuple>

namespace sandbox::init {
namespace {

/// Who outlives its parent is our child.
Outcome be_alone() noexcept {
  if (::waitpid(-1, nullptr, WNOHANG | __WALL) < 0 && errno == ECHILD) {
    return {};
  }
  return {"process", "is left", EBUSY};
}

Outcome untouched_ipc(const SlotState& state) noexcept {
  return state.ipc->is_untouched() ? Outcome{} : Outcome{"ipc namespace", "was used", EBUSY};
}

Outcome untouched_network(const SlotState& state) noexcept {
  return state.sockets.sees_none() ? Outcome{} : Outcome{"unix socket", "is left", EBUSY};
}

/// The next process is number 2, as in a new namespace (ns_last_pid in proc(5)).
Outcome number_anew(int last_pid) noexcept {
  return check(::pwrite(last_pid, "1", 1, 0), "write", "ns_last_pid");
}

} // namespace

bool may_renew(const wire::Launch& launch, const SlotState& state) noexcept {
  return !state.shared_uid && launch.loopback == 0 && state.last_pid >= 0 &&
         state.ipc->is_watching();
}

void renumber(const SlotState& state) noexcept {
  if (state.last_pid < 0 || be_alone().failed() || raise_mount_capability().failed()) {
    return;
  }
  static_cast<void>(number_anew(state.last_pid));
  if (keep_init_capabilities(InitRights::renewing).failed()) {
    ::_exit(1); // rather than keep the right beside a program
  }
}

Outcome renew_box(const wire::Launch& launch, const SlotState& state, BoxFiles& files) noexcept {
  return in_order([] { return be_alone(); }, [&] { return untouched_ipc(state); },
                  [&] { return untouched_network(state); }, [] { return raise_mount_capability(); },
                  [&] { return files.renew(launch, state.token); },
                  [&] { return number_anew(state.last_pid); },
                  [] { return keep_init_capabilities(InitRights::renewing); });
}

Outcome fit_box(const wire::Launch& made, const wire::Launch& wanted,
                const SlotState& state) noexcept {
  if (!may_renew(wanted, state)) {
    return {"box", "is not for a renewed place", EINVAL};
  }
  const auto sizes = [](const wire::Launch& of) {
    return std::tuple(of.disk_bytes, of.disk_inodes, of.scratch_bytes, of.scratch_inodes);
  };
  if (sizes(made) == sizes(wanted)) {
    return {};
  }
  return in_order([] { return raise_mount_capability(); },
                  [&] { return resize_files(wanted, state.token); },
                  [] { return keep_init_capabilities(InitRights::renewing); });
}

} // namespace sandbox::init
