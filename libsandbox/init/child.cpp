// SPDX-License-Identifier: Apache-2.0
#include "child.hpp"

#include "credentials.hpp"
#include "id_map.hpp"
#include "landlock.hpp"

#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <csignal>
#include <cstring>
#include <string_view>

namespace sandbox::init {
namespace {

/// The descriptors may themselves be 0, 1 or 2; first they go above.
Outcome place_streams(const int (&streams)[3]) noexcept {
  int moved[3];
  for (int i = 0; i < 3; ++i) {
    moved[i] = ::fcntl(streams[i], F_DUPFD_CLOEXEC, 3);
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

Outcome limit(__rlimit_resource resource, std::uint64_t value, const char* name) noexcept {
  const rlim_t both = value == wire::no_limit ? RLIM_INFINITY : value;
  const rlimit limits{both, both};
  return check(::setrlimit(resource, &limits), "setrlimit", name);
}

Outcome apply_rlimits(const wire::Run& run) noexcept {
  Outcome outcome = limit(RLIMIT_FSIZE, run.file_size_bytes, "RLIMIT_FSIZE");
  if (!outcome.failed()) {
    outcome = limit(RLIMIT_NOFILE, run.open_files, "RLIMIT_NOFILE");
  }
  if (!outcome.failed()) {
    outcome = limit(RLIMIT_STACK, run.stack_bytes, "RLIMIT_STACK");
  }
  if (!outcome.failed() && (run.fallback & static_cast<unsigned>(wire::Fallback::memory)) != 0) {
    outcome = limit(RLIMIT_AS, run.memory_bytes, "RLIMIT_AS");
  }
  if (!outcome.failed() && (run.fallback & static_cast<unsigned>(wire::Fallback::processes)) != 0) {
    outcome = limit(RLIMIT_NPROC, run.processes, "RLIMIT_NPROC");
  }
  return outcome;
}

/// Raw calls: the library's own would tell other threads, of which there are none, and take locks.
Outcome become_box_user(bool shared_uid) noexcept {
  if (!shared_uid) {
    if (::syscall(SYS_setgroups, 0, nullptr) != 0) {
      return check(-1, "setgroups");
    }
    if (::syscall(SYS_setresgid, program_id, program_id, program_id) != 0) {
      return check(-1, "setresgid");
    }
    if (::syscall(SYS_setresuid, program_id, program_id, program_id) != 0) {
      return check(-1, "setresuid");
    }
  }
  return drop_all_capabilities();
}

Outcome unblock_signals() noexcept {
  sigset_t none;
  sigemptyset(&none);
  return check(::sigprocmask(SIG_SETMASK, &none, nullptr), "sigprocmask");
}

Outcome confine(const ChildPlan& plan) noexcept {
  // The session is the slot's and has no terminal. One for each program would bring a scheduling
  // group for each with it (sched(7), "The autogroup feature").
  Outcome outcome = check(::setpgid(0, 0), "setpgid");
  if (!outcome.failed() && plan.join >= 0) {
    outcome = check(::write(plan.join, "0", 1), "join control group");
  }
  if (!outcome.failed()) {
    outcome = place_streams(plan.streams);
  }
  if (!outcome.failed()) {
    outcome = apply_rlimits(*plan.run);
  }
  if (!outcome.failed()) {
    outcome = become_box_user(plan.shared_uid);
  }
  if (!outcome.failed()) {
    outcome = check(::chdir("/box"), "chdir", "/box");
  }
  if (!outcome.failed()) {
    outcome = unblock_signals();
  }
  if (!outcome.failed() && plan.landlock >= 0) {
    outcome = enter_landlock(plan.landlock);
  }
  // Really closed, not only at execve: a directory of ours would be a way out (CVE-2024-21626).
  if (!outcome.failed()) {
    outcome = check(::close_range(3, ~0U, 0), "close_range");
  }
  // Last, and by raw call: from here the filter holds for us as well. Before Linux 5.16 a filter
  // would also slow the program down by switching speculation off; boxes share no memory that this
  // would protect.
  if (!outcome.failed()) {
    outcome = check(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW,
                              &plan.filter),
                    "seccomp");
  }
  return outcome;
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
  plan.failure = confine(plan);
  if (plan.failure.failed()) {
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
