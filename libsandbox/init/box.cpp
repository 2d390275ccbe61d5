// SPDX-License-Identifier: Apache-2.0
#include "box.hpp"

#include "credentials.hpp"
#include "jobs.hpp"
#include "mounts.hpp"
#include "os/fd.hpp"
#include "renewal.hpp"
#include "send_frame.hpp"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

namespace sandbox::init {
namespace {

Outcome bring_loopback_up() noexcept {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) {
    return check(-1, "socket", "loopback");
  }
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const Outcome outcome =
      check(::ioctl(socket, SIOCSIFFLAGS, &request), "ioctl", "SIOCSIFFLAGS lo");
  ::close(socket);
  return outcome;
}

InitRights rights(const wire::Launch& launch, const SlotState& state) noexcept {
  if (state.shared_uid) {
    return InitRights::programs_uid;
  }
  return may_renew(launch, state) ? InitRights::renewing : InitRights::own_uid;
}

/// A directory outside of the root as working directory would be a way out (CVE-2024-21626).
Outcome verify_place() noexcept {
  char where[8];
  const long length = ::syscall(SYS_getcwd, where, sizeof where);
  return length == sizeof "/box" && std::strcmp(where, "/box") == 0
             ? Outcome{}
             : Outcome{"verify working directory", "/box", EXDEV};
}

Outcome make_box(const wire::Launch& launch, const SlotState& state, BoxFiles& files) noexcept {
  return in_order([&] { return files.make(launch, state.token, may_renew(launch, state)); },
                  [&] { return mount_proc(state.token); },
                  [&] { return launch.loopback != 0 ? bring_loopback_up() : Outcome{}; },
                  [&] { return keep_init_capabilities(rights(launch, state)); },
                  [] { return touch_files_as_program(); }, [] { return verify_place(); });
}

Jobs::End serve_box(FrameReader& reader, const Outcome& made, SlotState& state) noexcept {
  Jobs jobs(reader, state);
  if (made.failed()) {
    jobs.refuse(made);
    return Jobs::End::broken;
  }
  return jobs.serve();
}

/// Says that the box is gone, and waits for the next. False when there will be none.
bool next_box(FrameReader& reader, wire::Launch& launch) noexcept {
  wire::Frame frame;
  return send_frame(reader.out(), wire::BoxGone{}) &&
         reader.next(frame, true) == FrameReader::Status::frame &&
         frame.type == wire::FrameType::launch && wire::decode(frame.payload, launch);
}

} // namespace

int run_box(const BoxPlan& plan) noexcept {
  SlotState& state = *plan.state;
  state.at_rest.reset(); // the slot has run since then
  wire::Launch launch = plan.launch;
  const os::Fd stream(plan.stream);
  FrameReader reader({.in = stream.get(), .out = stream.get(), .carries_descriptors = true});
  BoxFiles files;
  Outcome made = make_box(launch, state, files);
  for (;;) {
    files.box_begins();
    const Jobs::End end = serve_box(reader, made, state);
    if (end != Jobs::End::box_over) {
      return end == Jobs::End::closed ? 0 : 1;
    }
    if (!may_renew(launch, state) || renew_box(launch, state, files).failed()) {
      return 0;
    }
    // When a process can be reaped its last thread may still take its directories of /proc away,
    // with as many names as the program had looked up (release_task() in kernel/exit.c). That is
    // not the next box's CPU time.
    if (state.at_rest) {
      read_cpu(state.figures, *state.at_rest);
    }
    const wire::Launch last = launch;
    if (!next_box(reader, launch)) {
      return 0;
    }
    made = fit_box(last, launch, state);
  }
}

} // namespace sandbox::init
