// SPDX-License-Identifier: Apache-2.0
#include "container.hpp"

#include "confinement.hpp"
#include "credentials.hpp"
#include "jobs.hpp"
#include "landlock.hpp"
#include "posture.hpp"
#include "send_frame.hpp"

#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include <csignal>

namespace sandbox::init {
namespace {

SlotState state;

/// Nobody may keep a box for longer, not even a supervisor that has stopped without closing.
void end_of_life(int) {
  ::_exit(0);
}

Outcome limit_lifetime(unsigned seconds) noexcept {
  struct sigaction action {};
  action.sa_handler = end_of_life;
  const Outcome outcome = check(::sigaction(SIGALRM, &action, nullptr), "sigaction");
  ::alarm(seconds);
  return outcome;
}

Outcome prepare(unsigned lifetime_s, wire::Posture& posture) noexcept {
  posture = read_posture();
  state.in_container = true;
  state.companions = wire::container_processes_beside;
  return in_order(
      [] {
        return ::getpid() == 1 ? Outcome{} : Outcome{"process 1", "is another's", EPERM};
      },
      [&] { return limit_lifetime(lifetime_s); },
      [] {
        keep_text_in_memory(); // before there is a limit on that
        state.reserve.take();
        return Outcome{};
      },
      [] { return check(::fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK), "fcntl", "O_NONBLOCK"); },
      [] { return check(::setgroups(0, nullptr), "setgroups"); }, [] { return confine_for_good(); },
      [] { return keep_init_capabilities(InitRights::own_uid); },
      [&] {
        posture.landlock = make_landlock_ruleset(false, state.landlock);
        return Outcome{};
      },
      [] { return watch_children(state.child_signals); },
      [] {
        state.figures.open_container_group();
        return touch_files_as_program();
      });
}

} // namespace

int run_container(unsigned lifetime_s) noexcept {
  wire::Posture posture;
  const Outcome outcome = prepare(lifetime_s, posture);
  FrameReader reader({.in = STDIN_FILENO, .out = STDOUT_FILENO, .carries_descriptors = false});
  Jobs jobs(reader, state);
  if (outcome.failed()) {
    jobs.refuse(outcome);
    return 1;
  }
  return send_frame(STDOUT_FILENO, posture) && jobs.serve() == Jobs::End::closed ? 0 : 1;
}

Outcome check_container(const wire::Run& run) noexcept {
  wire::Posture now;
  now.cgroup_version = container_group_version();
  read_group_limits(now);
  const bool own_memory = (run.fallback & static_cast<unsigned>(wire::Fallback::memory)) != 0;
  const bool own_processes = (run.fallback & static_cast<unsigned>(wire::Fallback::processes)) != 0;
  const auto wider = [](std::uint64_t limit, std::uint64_t wanted, std::uint64_t beside) {
    return wanted != wire::no_limit && (limit == wire::no_limit || limit > wanted + beside);
  };
  if (!own_memory && wider(now.memory_limit, run.memory_bytes, wire::container_memory_beside)) {
    return {"memory limit", "not in force in the container", EPERM};
  }
  if (!own_processes && wider(now.process_limit, run.processes, state.companions)) {
    return {"process limit", "not in force in the container", EPERM};
  }
  return root_is_read_only() ? Outcome{} : Outcome{"read-only root", "not in force", EPERM};
}

} // namespace sandbox::init
