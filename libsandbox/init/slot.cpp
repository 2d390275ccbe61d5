// SPDX-License-Identifier: Apache-2.0
#include "slot.hpp"

#include "box.hpp"
#include "clone.hpp"
#include "confinement.hpp"
#include "filter.hpp"
#include "id_map.hpp"
#include "ipc_watch.hpp"
#include "landlock.hpp"
#include "oom_score.hpp"
#include "os/fd.hpp"
#include "raw_call.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace sandbox::init {
namespace {

constexpr unsigned long box_namespaces = CLONE_NEWPID | CLONE_NEWNS;

/// Writing 0 moves the writer. The kernel checks the rights of who opened the file: the supervisor.
Outcome join_groups(Descriptors& descriptors, unsigned count) noexcept {
  for (unsigned i = 0; i < count; ++i) {
    const int procs = descriptors.take();
    const Outcome outcome = check(::write(procs, "0", 1), "join control group");
    ::close(procs);
    if (outcome.failed()) {
      return outcome;
    }
  }
  return {};
}

Outcome take_ids(bool shared_uid) noexcept {
  if (shared_uid) {
    return {}; // the only mapped id is ours already, and setgroups is denied
  }
  if (::setgroups(0, nullptr) != 0) {
    return check(-1, "setgroups");
  }
  if (::setresgid(0, 0, 0) != 0) {
    return check(-1, "setresgid");
  }
  return check(::setresuid(0, 0, 0), "setresuid");
}

Outcome join_session_keyring() noexcept {
  constexpr long join_session_keyring = 1;
  const long joined = ::syscall(SYS_keyctl, join_session_keyring, nullptr);
  return joined < 0 && errno == ENOSYS ? Outcome{} : check(joined, "keyctl", "session keyring");
}

/// Beside the filter, which alone stands where /proc/sys may not be written. The limit is our own
/// user namespace's.
void forbid_user_namespaces() noexcept {
  const int limit = ::open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC);
  if (limit >= 0) {
    static_cast<void>(::write(limit, "0", 1) == 1);
    ::close(limit);
  }
}

/// The descriptor is good in every pid namespace: the kernel takes that of who writes. Where
/// /proc/sys cannot be written each box has an init of its own.
int open_last_pid() noexcept {
  return ::open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
}

/// Once for all boxes of the slot: the kernel compiles a filter each time that one is loaded. What
/// init does and no program may, passes by the token, which no program can learn.
Outcome filter_for_good(const wire::SetUp& set_up, SlotState& state, IpcWatch& ipc) noexcept {
  const Outcome outcome = ipc.load_filter(set_up);
  state.filtered = !outcome.failed();
  state.token = set_up.token;
  return outcome;
}

/// The launcher, whose root is above, could clone no user namespace from in here. The working
/// directory stays there, for init to find.
Outcome enter_root() noexcept {
  return in_order([] { return check(::chdir("/"), "chdir", "/"); },
                  [] { return check(::chroot("root"), "chroot", "root"); });
}

Outcome prepare(const SlotPlan& plan, Descriptors& descriptors, SlotState& state, IpcWatch& ipc,
                wire::Accepted& accepted) noexcept {
  const wire::NewSlot& request = plan.request;
  state.shared_uid = request.init_uid == request.program_uid;
  ::signal(SIGCHLD, SIG_DFL);
  const Outcome in_groups =
      in_order([] { return check(::setsid(), "setsid"); }, [] { return enter_root(); },
               [&] { return join_groups(descriptors, request.joins); },
               [&] { return offer_to_oom_killer(state.oom_score); },
               // The namespace's root is the group we are in at this moment.
               [] { return check(::unshare(CLONE_NEWCGROUP), "unshare", "cgroup namespace"); },
               [&] { return join_groups(descriptors, request.late_joins); });
  if (in_groups.failed()) {
    return in_groups;
  }
  state.figures.adopt(request.figures, descriptors);
  forbid_user_namespaces();
  state.last_pid = open_last_pid();
  state.ipc = &ipc;
  state.sockets.open();
  const Outcome confined =
      in_order([&] { return take_ids(state.shared_uid); },
               [] { return check(::sethostname("sandbox", 7), "sethostname"); },
               [] { return join_session_keyring(); }, [] { return confine_for_good(); });
  if (confined.failed()) {
    return confined;
  }
  accepted.landlock = make_landlock_ruleset(request.forbid_tcp != 0, state.landlock);
  return in_order([&] { return watch_children(state.child_signals); },
                  [&] { return filter_for_good(plan.set_up, state, ipc); });
}

/// Waits until init has ended or the supervisor is gone; in both cases nothing of the box is left
/// afterwards.
void await_init(int socket, int pid, const SlotState& state, IpcWatch& ipc) noexcept {
  while (::waitpid(pid, nullptr, WNOHANG) != pid) {
    pollfd events[3] = {
        {socket, 0, 0}, {state.child_signals, POLLIN, 0}, {ipc.descriptor(), POLLIN, 0}};
    ::poll(events, 3, -1);
    if ((events[0].revents & (POLLHUP | POLLERR)) != 0) {
      ::_exit(0); // process 1 of the slot's pid namespace: the kernel ends the box with us
    }
    if ((events[1].revents & POLLIN) != 0) {
      drain_child_signals(state.child_signals);
    }
    if ((events[2].revents & POLLIN) != 0) {
      ipc.take_note();
    }
  }
}

struct InitPlan {
  BoxPlan box;
  int ipc_listener;
};

int start_init(void* argument) noexcept {
  const auto& plan = *static_cast<const InitPlan*>(argument);
  if (plan.ipc_listener >= 0) {
    ::close(plan.ipc_listener);
  }
  return run_box(plan.box);
}

/// From the clone of an init to its end, which may be many boxes later. False when the slot is of
/// no further use.
bool serve(int socket, SlotState& state, IpcWatch& ipc) noexcept {
  InitPlan plan{{-1, {}, &state}, ipc.descriptor()};
  os::Fd stream = receive_launch(socket, plan.box.launch);
  if (!stream) {
    return false;
  }
  plan.box.stream = stream.get();
  const unsigned long namespaces = box_namespaces | (ipc.is_watching() ? 0 : CLONE_NEWIPC) |
                                   (plan.box.launch.loopback != 0 ? CLONE_NEWNET : 0);
  const long pid = clone_sharing_memory(namespaces, state.token, start_init, &plan);
  if (pid < 0) {
    wire::Failed failed;
    failed.step = "clone init";
    failed.error = errno;
    return send_packet(socket, wire::Packet::failed, failed);
  }
  stream.close();
  await_init(socket, static_cast<int>(pid), state, ipc);
  // A socket that nobody holds cannot be ended.
  if (!state.sockets.sees_none() || ipc.renew(state.token).failed()) {
    return false;
  }
  return send_packet(socket, wire::Packet::box_gone, wire::BoxGone{});
}

} // namespace

/// Init shares our memory: until it has ended nothing may set errno, and what is expected to fail
/// is called without the library.
void drain_child_signals(int signals) noexcept {
  signalfd_siginfo info;
  while (raw_call(SYS_read, signals, reinterpret_cast<long>(&info), sizeof info) > 0) {
  }
}

int run_slot(const SlotPlan& plan, Descriptors& descriptors, int released) noexcept {
  const int socket = descriptors.take();
  char byte = 0;
  if (::read(released, &byte, 1) != 1) {
    return 1;
  }
  ::close(released);
  SlotState state;
  IpcWatch ipc;
  wire::Accepted accepted;
  const Outcome outcome = prepare(plan, descriptors, state, ipc, accepted);
  descriptors.clear();
  if (outcome.failed()) {
    send_failure(socket, outcome);
    return 1;
  }
  if (!send_packet(socket, wire::Packet::accepted, accepted)) {
    return 1;
  }
  while (serve(socket, state, ipc)) {
  }
  return 0;
}

} // namespace sandbox::init
