// SPDX-License-Identifier: Apache-2.0
#include "box.hpp"

#include "credentials.hpp"
#include "id_map.hpp"
#include "jobs.hpp"
#include "mount_by_token.hpp"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>

namespace sandbox::init {
namespace {

Outcome mount_memory(const char* target, const char* mode, std::uint64_t bytes,
                     std::uint64_t inodes, std::uint64_t token) noexcept {
  char options[128];
  std::snprintf(options, sizeof options,
                "mode=%s,uid=%u,gid=%u,size=%" PRIu64 ",nr_inodes=%" PRIu64, mode, program_id,
                program_id, bytes, inodes);
  return mount_by_token("tmpfs", target, MS_NOSUID | MS_NODEV, options, token);
}

Outcome mount_all(const wire::Launch& launch, std::uint64_t token) noexcept {
  return in_order(
      // Read-only, so that a program cannot turn the kernel's choice of victim (oom_score_adj) on
      // init.
      [&] {
        return mount_by_token("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY,
                              "hidepid=2", token);
      },
      [&] { return mount_memory("/box", "0755", launch.disk_bytes, launch.disk_inodes, token); },
      [&] {
        return mount_memory("/tmp", "1777", launch.scratch_bytes, launch.scratch_inodes, token);
      });
}

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

} // namespace

int run_box(int stream, const wire::Launch& launch, SlotState& state) noexcept {
  const Outcome outcome =
      in_order([&] { return mount_all(launch, state.token); },
               [&] { return launch.loopback != 0 ? bring_loopback_up() : Outcome{}; },
               [&] { return keep_init_capabilities(state.shared_uid); },
               [] { return touch_files_as_program(); });
  Jobs jobs({.in = stream, .out = stream, .carries_descriptors = true}, state);
  if (outcome.failed()) {
    jobs.refuse(outcome);
    return 1;
  }
  return jobs.serve();
}

} // namespace sandbox::init
