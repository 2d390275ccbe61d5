// SPDX-License-Identifier: Apache-2.0
#include "box.hpp"

#include "credentials.hpp"
#include "jobs.hpp"
#include "mounts.hpp"
#include "os/fd.hpp"
#include "renewal.hpp"

#include <net/if.h>
#include <poll.h>
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

Outcome make_box(const wire::Launch& launch, const SlotState& state, Past& past) noexcept {
  return in_order([&] { return may_renew(launch, state) ? past.open(state.token) : Outcome{}; },
                  [&] { return mount_proc(state.token); },
                  [&] { return mount_files(launch, state.token); },
                  [&] { return launch.loopback != 0 ? bring_loopback_up() : Outcome{}; },
                  [&] { return keep_init_capabilities(rights(launch, state)); },
                  [] { return touch_files_as_program(); }, [] { return verify_place(); });
}

/// False when the box is not to be followed by another.
bool serve_box(int stream, const Outcome& made, SlotState& state) noexcept {
  Jobs jobs({.in = stream, .out = stream, .carries_descriptors = true}, state);
  if (made.failed()) {
    jobs.refuse(made);
    return false;
  }
  return jobs.serve() == 0;
}

/// Says that the box is gone, and waits for the next; no stream when the slot ends.
os::Fd next_box(int slot_socket, wire::Launch& launch, SlotState& state) noexcept {
  state.tenancy = Tenancy::changing;
  if (!send_packet(slot_socket, wire::Packet::box_gone, wire::BoxGone{})) {
    return {};
  }
  state.tenancy = Tenancy::vacant;
  pollfd event{slot_socket, POLLIN, 0};
  while (::poll(&event, 1, -1) <= 0) {
  }
  state.tenancy = Tenancy::changing;
  os::Fd stream = receive_launch(slot_socket, launch);
  state.tenancy = Tenancy::occupied;
  return stream;
}

} // namespace

int run_box(const BoxPlan& plan) noexcept {
  SlotState& state = *plan.state;
  wire::Launch launch = plan.launch;
  os::Fd stream(plan.stream);
  Past past;
  Outcome made = make_box(launch, state, past);
  while (stream) {
    const bool served = serve_box(stream.get(), made, state);
    stream.close();
    if (!served || !may_renew(launch, state) || renew_box(launch, state, past).failed()) {
      return served ? 0 : 1;
    }
    const wire::Launch last = launch;
    stream = next_box(plan.slot_socket, launch, state);
    made = stream ? fit_box(last, launch, state) : Outcome{};
  }
  return 1;
}

} // namespace sandbox::init
