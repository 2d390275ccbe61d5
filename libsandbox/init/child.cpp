// SPDX-License-Identifier: Apache-2.0
#include "child.hpp"

#include "credentials.hpp"
#include "filter.hpp"
#include "id_map.hpp"
#include "landlock.hpp"
#include "trace.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cinttypes>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string_view>

namespace sandbox::init {
namespace {

/// The descriptors may themselves be 0, 1 or 2: those first go above.
Outcome place_streams(const int (&streams)[3]) noexcept {
  int moved[3];
  for (int i = 0; i < 3; ++i) {
    moved[i] = streams[i] > STDERR_FILENO ? streams[i] : ::fcntl(streams[i], F_DUPFD_CLOEXEC, 3);
    if (moved[i] < 0) {
      return check(-1, "dup");
    }
  }
  for (int i = 0; i < 3; ++i) {
    if (::dup2(moved[i], i) < 0) {
      return check(-1, "dup2");
    }
  }
  return {};
}

/// Says what was asked for, and what the application's own limit, inherited by all, allows. Init,
/// whose memory this is, tells it.
Outcome refuse_limit(const char* name, std::uint64_t wanted, rlim_t allowed, int error) noexcept {
  static char subject[96];
  std::snprintf(subject, sizeof subject, "%s to %" PRIu64 ", where the hard limit is %" PRIu64,
                name, wanted, std::uint64_t{allowed});
  return {"setrlimit", subject, error};
}

/// A program with less than was asked for would get a verdict that is not its own. Without a wish
/// it has what the application has.
Outcome limit(__rlimit_resource resource, std::uint64_t value, const char* name) noexcept {
  const bool any = value == wire::no_limit;
  const rlim_t both = any ? RLIM_INFINITY : value;
  const rlimit wanted{both, both};
  if (::setrlimit(resource, &wanted) == 0) {
    return {};
  }
  const int error = errno;
  rlimit inherited{};
  if (error != EPERM || ::getrlimit(resource, &inherited) != 0) {
    return {"setrlimit", name, error};
  }
  if (!any) {
    return refuse_limit(name, value, inherited.rlim_max, error);
  }
  inherited.rlim_cur = inherited.rlim_max;
  return check(::setrlimit(resource, &inherited), "setrlimit", name);
}

Outcome limit_when(bool wanted, __rlimit_resource resource, std::uint64_t value,
                   const char* name) noexcept {
  return wanted ? limit(resource, value, name) : Outcome{};
}

Outcome apply_rlimits(const wire::Run& run) noexcept {
  const bool memory = (run.fallback & static_cast<unsigned>(wire::Fallback::memory)) != 0;
  const bool processes = (run.fallback & static_cast<unsigned>(wire::Fallback::processes)) != 0;
  return in_order(
      [&] { return limit(RLIMIT_FSIZE, run.file_size_bytes, "RLIMIT_FSIZE"); },
      [&] { return limit(RLIMIT_NOFILE, run.open_files, "RLIMIT_NOFILE"); },
      [&] { return limit(RLIMIT_STACK, run.stack_bytes, "RLIMIT_STACK"); },
      [&] { return limit_when(memory, RLIMIT_AS, run.memory_bytes, "RLIMIT_AS"); },
      [&] { return limit_when(processes, RLIMIT_NPROC, run.processes, "RLIMIT_NPROC"); });
}

/// Raw calls: the library's own would tell other threads, of which there are none, and take locks.
Outcome become_box_user(bool shared_uid) noexcept {
  if (!shared_uid) {
    // Each call that changes credentials makes new ones; a slot gave up its groups already.
    if (::getgroups(0, nullptr) != 0 && ::syscall(SYS_setgroups, 0, nullptr) != 0) {
      return check(-1, "setgroups");
    }
    if (::syscall(SYS_setresgid, program_id, program_id, program_id) != 0) {
      return check(-1, "setresgid");
    }
    if (::syscall(SYS_setresuid, program_id, program_id, program_id) != 0) {
      return check(-1, "setresuid");
    }
    // Until execve our memory is init's.
    const Outcome undumpable = stay_undumpable();
    if (undumpable.failed()) {
      return undumpable;
    }
  }
  return drop_all_capabilities();
}

Outcome unblock_signals() noexcept {
  sigset_t none;
  sigemptyset(&none);
  return check(::sigprocmask(SIG_SETMASK, &none, nullptr), "sigprocmask");
}

Outcome join_group(int procs) noexcept {
  return procs < 0 ? Outcome{} : check(::write(procs, "0", 1), "join control group");
}

/// The program goes before init when memory runs out. The file is root's, which init's file system
/// id is not.
Outcome offer_to_oom_killer() noexcept {
  ::setfsuid(0);
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  return check(file < 0 ? -1 : ::write(file, "1000", 4), "offer to the out-of-memory killer");
}

/// The session is the slot's, which the box cannot name, and has no terminal. One for each program
/// would bring a scheduling group for each with it (sched(7), "The autogroup feature"). In a
/// container it is init's: there a program of the same session could enter the process group of
/// init.
Outcome leave_group(bool own_session) noexcept {
  return own_session ? check(::setsid(), "setsid") : check(::setpgid(0, 0), "setpgid");
}

Outcome confine(const ChildPlan& plan) noexcept {
  return in_order(
      [&] { return leave_group(plan.own_session); }, [&] { return join_group(plan.join); },
      [&] { return plan.offer_to_oom_killer ? offer_to_oom_killer() : Outcome{}; },
      [&] { return place_streams(plan.streams); }, [&] { return apply_rlimits(*plan.run); },
      [&] { return become_box_user(plan.shared_uid); },
      [] { return check(::chdir("/box"), "chdir", "/box"); }, [] { return unblock_signals(); },
      [&] { return plan.landlock < 0 ? Outcome{} : enter_landlock(plan.landlock); },
      // Really closed, not only at execve: a directory of ours would be a way out (CVE-2024-21626).
      [] { return check(::close_range(3, ~0U, 0), "close_range"); },
      [&] { return plan.traced ? let_parent_trace(plan.token) : Outcome{}; },
      [&] { return plan.filtered ? Outcome{} : load_filter(plan.filter); });
}

/// Tries each directory of the search path; the error that says most stays.
int search(const ChildPlan& plan) noexcept {
  const char* name = plan.argv[0];
  int error = ENOENT;
  for (std::string_view rest = plan.run->search_path; !rest.empty();) {
    const std::string_view directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(directory.size() < rest.size() ? directory.size() + 1 : rest.size());
    char path[PATH_MAX];
    const std::size_t length = std::strlen(name);
    if (directory.empty() || directory.size() + length + 2 > sizeof path) {
      continue;
    }
    std::memcpy(path, directory.data(), directory.size());
    path[directory.size()] = '/';
    std::memcpy(path + directory.size() + 1, name, length + 1);
    ::execve(path, plan.argv, plan.envp);
    if (errno != ENOENT && errno != ENOTDIR) {
      error = errno;
    }
  }
  return error;
}

} // namespace

int become_program(void* argument) noexcept {
  auto& plan = *static_cast<ChildPlan*>(argument);
  const Outcome confined = confine(plan);
  plan.failure = confined;
  if (confined.failed()) {
    return 1;
  }
  int error = 0;
  if (std::strchr(plan.argv[0], '/') != nullptr) {
    ::execve(plan.argv[0], plan.argv, plan.envp);
    error = errno;
  } else {
    error = search(plan);
  }
  plan.failure = {"execve", plan.argv[0], error};
  return 1;
}

} // namespace sandbox::init
