// SPDX-License-Identifier: Apache-2.0
#include "guard.hpp"

#include "clone.hpp"
#include "id_map.hpp"
#include "launcher.hpp"
#include "packet.hpp"
#include "remove_groups.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace sandbox::init {
namespace {

char packet[wire::max_packet];

int refuse(int control, const Outcome& outcome) noexcept {
  send_failure(control, outcome);
  return 1;
}

/// The launcher's first act is to wait for its id maps. The guard holds its end of the pipe for as
/// long as it lives.
int launch(int control, int released, const wire::SetUp& set_up) noexcept {
  char byte = 0;
  if (::read(released, &byte, 1) != 1) {
    return 1;
  }
  return run_launcher(control, released, set_up);
}

/// Until the launcher has ended, the application has closed its end of `control`, or is dead: a
/// child that it forked may hold copies of its sockets.
void await_end(int control, int application, int launcher, int pid) noexcept {
  pollfd events[3] = {{launcher, POLLIN, 0}, {application, POLLIN, 0}, {control, 0, 0}};
  while (::poll(events, 3, -1) < 0 && errno == EINTR) {
  }
  ::close(control);     // the last on this side when the launcher has ended
  ::kill(pid, SIGKILL); // process 1 of its pid namespace: every slot and box ends with it
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

} // namespace

int run_guard(int control) noexcept {
  Descriptors groups;
  const long size = receive(control, packet, sizeof packet, groups);
  if (size <= 0) {
    return 1;
  }
  wire::SetUp set_up;
  if (packet[0] != static_cast<char>(wire::Packet::set_up) ||
      !wire::decode({packet + 1, static_cast<std::size_t>(size) - 1}, set_up)) {
    return refuse(control, {"decode set-up", "", EPROTO});
  }
  const int application = groups.take();
  int release[2];
  if (::pipe2(release, O_CLOEXEC) != 0) {
    return refuse(control, check(-1, "pipe2"));
  }
  const bool own_user_namespace = set_up.identity != wire::Identity::root;
  int launcher = -1;
  const long pid = clone_process(
      CLONE_NEWNS | CLONE_NEWPID | (own_user_namespace ? CLONE_NEWUSER : 0), &launcher);
  if (pid < 0) {
    return refuse(control, check(-1, "clone launcher"));
  }
  if (pid == 0) {
    ::close(release[1]);
    ::close(application);
    groups.clear();
    ::_exit(launch(control, release[0], set_up));
  }
  ::close(release[0]);
  Outcome mapped;
  if (own_user_namespace) {
    mapped = map_launcher(static_cast<int>(pid), set_up);
  }
  if (mapped.failed()) {
    refuse(control, mapped);
  } else if (::write(release[1], "", 1) != 1) {
    refuse(control, check(-1, "write", "launcher"));
  }
  await_end(control, application, launcher, static_cast<int>(pid));
  remove_groups(groups, set_up.owner.data());
  return 0;
}

} // namespace sandbox::init
