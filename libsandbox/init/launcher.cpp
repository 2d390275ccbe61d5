// SPDX-License-Identifier: Apache-2.0
#include "launcher.hpp"

#include "clone.hpp"
#include "id_map.hpp"
#include "packet.hpp"
#include "slot.hpp"
#include "tree.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace sandbox::init {
namespace {

constexpr unsigned long slot_namespaces =
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC;

/// Clones one slot and maps its ids; `pidfd` is then the caller's.
Outcome start_slot(int control, const SlotPlan& plan, Descriptors& descriptors,
                   int& pidfd) noexcept {
  int release[2];
  if (::pipe2(release, O_CLOEXEC) != 0) {
    return check(-1, "pipe2");
  }
  const long pid = clone_process(slot_namespaces, &pidfd);
  if (pid == 0) {
    ::close(control);
    ::close(release[1]);
    ::_exit(run_slot(plan, descriptors, release[0]));
  }
  Outcome outcome = check(pid, "clone slot");
  ::close(release[0]);
  if (!outcome.failed()) {
    outcome = map_slot(static_cast<int>(pid), plan.request,
                       plan.set_up.identity == wire::Identity::single);
  }
  if (!outcome.failed()) {
    outcome = check(::write(release[1], "", 1), "write", "slot");
  }
  ::close(release[1]);
  return outcome;
}

/// Without a guard nobody would end us when the application is gone. After the change of ids, which
/// would undo it.
Outcome end_with_guard(int guard) noexcept {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) {
    return check(-1, "prctl", "PR_SET_PDEATHSIG");
  }
  pollfd event{guard, 0, 0};
  const int ready = ::poll(&event, 1, 0);
  ::close(guard);
  return ready == 0 ? Outcome{} : Outcome{"guard", "is gone", ESRCH};
}

/// Slots, in user namespaces of their own, may only lower limits, and need 1 of this one
/// (confine_for_good). Where we may not raise it either, 0 has to do.
void allow_core_limit_of_one() noexcept {
  rlimit core{};
  if (::getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0) {
    core.rlim_max = 1;
    static_cast<void>(::setrlimit(RLIMIT_CORE, &core));
  }
}

bool serve(int control, const char* bytes, std::size_t size, Descriptors& descriptors,
           const wire::SetUp& set_up) noexcept {
  wire::NewSlot request;
  if (bytes[0] != static_cast<char>(wire::Packet::new_slot) ||
      !wire::decode({bytes + 1, size - 1}, request)) {
    return send_failure(control, {"decode slot", "", EPROTO});
  }
  int pidfd = -1;
  const Outcome outcome = start_slot(control, {set_up, request}, descriptors, pidfd);
  const bool sent = outcome.failed()
                        ? send_failure(control, outcome)
                        : send_packet(control, wire::Packet::accepted, wire::Accepted{}, pidfd);
  if (pidfd >= 0) {
    ::close(pidfd);
  }
  return sent;
}

} // namespace

int run_launcher(int control, int guard, const wire::SetUp& set_up) noexcept {
  // In a new user namespace our own id is already mapped to 0; as real root there is nothing to
  // change.
  if (set_up.identity == wire::Identity::subuids &&
      (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)) {
    send_failure(control, check(-1, "setresuid"));
    return 1;
  }
  const Outcome outcome =
      in_order([&] { return end_with_guard(guard); }, [&] { return enter_tree(set_up); });
  if (outcome.failed()) {
    send_failure(control, outcome);
    return 1;
  }
  allow_core_limit_of_one();
  ::signal(SIGCHLD, SIG_IGN); // slots are watched by pidfd, from the supervisor
  if (!send_packet(control, wire::Packet::accepted, wire::Accepted{})) {
    return 1;
  }
  char bytes[1024];
  for (;;) {
    Descriptors descriptors;
    const long size = receive(control, bytes, sizeof bytes, descriptors);
    if (size <= 0 || !serve(control, bytes, static_cast<std::size_t>(size), descriptors, set_up)) {
      return 0;
    }
  }
}

} // namespace sandbox::init
