// SPDX-License-Identifier: Apache-2.0
#include "faults/tracer.hpp"

#include <seccomp.h>

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string_view>

namespace faults {
namespace {

using std::chrono::steady_clock;

constexpr std::array<const char*, 6> role_names{"application", "guard", "launcher",
                                                "slot",        "init",  "child"};
constexpr long options = PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                         PTRACE_O_TRACEEXEC | PTRACE_O_TRACESYSGOOD;
constexpr int syscall_stop = SIGTRAP | 0x80;
/// The application closes this descriptor where the faults may begin, and where they must have
/// been.
constexpr auto mark_argument = static_cast<std::uint32_t>(-1000);

long trace(long request, pid_t thread, unsigned long address, unsigned long data) {
  return ::syscall(SYS_ptrace, request, thread, address, data);
}

std::string call_name(long number) {
  const std::unique_ptr<char, decltype(&std::free)> name(
      seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, static_cast<int>(number)), &std::free);
  return name != nullptr ? name.get() : std::to_string(number);
}

/// A number that stands in /proc/<thread>/status.
pid_t status_number(pid_t thread, std::string_view key) {
  std::ifstream status("/proc/" + std::to_string(thread) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) {
      return static_cast<pid_t>(std::stol(line.substr(key.size())));
    }
  }
  return -1;
}

/// The call that is about to be made is not made.
void skip_call(pid_t thread) {
  trace(PTRACE_POKEUSER, thread, offsetof(user_regs_struct, orig_rax), ~0UL);
}

void set_result(pid_t thread, long result) {
  trace(PTRACE_POKEUSER, thread, offsetof(user_regs_struct, rax),
        static_cast<unsigned long>(result));
}

/// SIGCHLD waits to be taken while this lives.
class ChildSignals {
 public:
  ChildSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set_, nullptr);
  }
  void wait(std::chrono::nanoseconds left) const {
    const timespec time{static_cast<time_t>(left.count() / 1'000'000'000),
                        static_cast<long>(left.count() % 1'000'000'000)};
    ::sigtimedwait(&set_, nullptr, &time);
  }

 private:
  sigset_t set_{};
};

} // namespace

std::optional<Role> role_named(const std::string& name) {
  const auto found = std::find(role_names.begin(), role_names.end(), name);
  return found == role_names.end() ? std::nullopt
                                   : std::optional(static_cast<Role>(found - role_names.begin()));
}

const char* name_of(Role role) {
  return role_names.at(static_cast<std::size_t>(role));
}

Tracer::Tracer(Point point, Fault fault, std::FILE* list)
    : point_(std::move(point)), fault_(fault), list_(list),
      number_(seccomp_syscall_resolve_name(point_.call.c_str())) {}

void Tracer::start(char* const argv[], int output) {
  application_ = ::fork();
  if (application_ == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(output, STDOUT_FILENO);
    ::raise(SIGSTOP);
    ::execv(argv[0], argv);
    ::_exit(127);
  }
  int status = 0;
  if (application_ < 0 || ::waitpid(application_, &status, WUNTRACED) < 0 ||
      trace(PTRACE_SEIZE, application_, 0, options | PTRACE_O_EXITKILL) != 0) {
    throw std::runtime_error("ptrace is not allowed");
  }
  threads_[application_] = application_;
  roles_[application_] = Role::application;
  ::kill(application_, SIGCONT);
}

bool Tracer::run(char* const argv[], int output, std::chrono::milliseconds limit) {
  start(argv, output);
  return take_events(steady_clock::now() + limit, false);
}

void Tracer::settle(std::chrono::milliseconds patience) {
  let_go_of_all(-1);
  take_events(steady_clock::now() + patience, true);
}

/// Until the application has ended, or everything; false when the deadline comes first.
bool Tracer::take_events(steady_clock::time_point deadline, bool all) {
  const ChildSignals signals;
  for (;;) {
    int status = 0;
    const pid_t thread = ::waitpid(-1, &status, __WALL | WNOHANG);
    if (thread > 0) {
      if (take_event(thread, status) && !all) {
        return true;
      }
      continue;
    }
    const auto left = deadline - steady_clock::now();
    if (thread < 0 || left <= steady_clock::duration::zero()) {
      return thread < 0;
    }
    signals.wait(left);
  }
}

/// True when the application has ended.
bool Tracer::take_event(pid_t thread, int status) {
  if (WIFSTOPPED(status)) {
    handle_stop(thread, status);
    return false;
  }
  threads_.erase(thread);
  if (thread == application_) {
    wait_status_ = status;
  }
  return thread == application_;
}

void Tracer::resume(pid_t thread, int signal) {
  trace(released_ ? PTRACE_DETACH : PTRACE_SYSCALL, thread, 0, static_cast<unsigned long>(signal));
}

/// Of a process that this one's parent has just made.
void Tracer::adopt(pid_t thread) {
  const pid_t process = status_number(thread, "Tgid:");
  threads_[thread] = process;
  if (process != thread || roles_.contains(process)) {
    return;
  }
  const auto parent = roles_.find(status_number(thread, "PPid:"));
  const int before = parent == roles_.end() ? -1 : static_cast<int>(parent->second);
  roles_[process] = static_cast<Role>(std::min(before + 1, static_cast<int>(Role::child)));
}

void Tracer::handle_stop(pid_t thread, int status) {
  if (!threads_.contains(thread)) {
    adopt(thread);
  }
  const int signal = WSTOPSIG(status);
  const int event = status >> 16;
  if (event == PTRACE_EVENT_STOP) {
    const bool group_stop = signal != SIGTRAP;
    trace(released_ ? PTRACE_DETACH : group_stop ? PTRACE_LISTEN : PTRACE_SYSCALL, thread, 0, 0);
    return;
  }
  if (event == PTRACE_EVENT_EXEC && roles_[threads_[thread]] == Role::child) {
    trace(PTRACE_DETACH, thread, 0, 0); // what the program does is its own
    return;
  }
  if (event != 0) {
    resume(thread, 0);
    return;
  }
  if (signal != syscall_stop) {
    resume(thread, signal);
    return;
  }
  __ptrace_syscall_info info{};
  trace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, reinterpret_cast<unsigned long>(&info));
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY && !released_) {
    enter(thread, static_cast<long>(info.entry.nr), info.entry.args[0]);
  } else if (info.op == PTRACE_SYSCALL_INFO_EXIT && thread == answering_) {
    leave(thread);
  }
  resume(thread, 0);
}

void Tracer::enter(pid_t thread, long number, unsigned long first_argument) {
  const pid_t process = threads_[thread];
  const Role role = roles_[process];
  if (role == Role::application) {
    if (number == SYS_close && static_cast<std::uint32_t>(first_argument) == mark_argument) {
      begun_ = !begun_;
      return;
    }
    if (!begun_) {
      return;
    }
  }
  const int nth = ++calls_[{role, number}];
  if (list_ != nullptr) {
    std::fprintf(list_, "%s %s %d\n", name_of(role), call_name(number).c_str(), nth);
  }
  if (role == point_.role && number == number_ && nth == point_.nth && !hit_) {
    strike(thread, process);
  }
}

void Tracer::strike(pid_t thread, pid_t process) {
  hit_ = true;
  if (fault_.error != 0) {
    skip_call(thread);
    answering_ = thread;
    return;
  }
  ::kill(process, fault_.signal);
  let_go_of_all(thread);
}

void Tracer::leave(pid_t thread) {
  set_result(thread, -fault_.error);
  answering_ = -1;
  let_go_of_all(thread);
}

/// From here everything runs as if nobody had looked on: those that are stopped now go on one by
/// one.
void Tracer::let_go_of_all(pid_t but) {
  released_ = true;
  for (const auto& [thread, process] : threads_) {
    if (thread != but) {
      trace(PTRACE_INTERRUPT, thread, 0, 0);
    }
  }
}

} // namespace faults
