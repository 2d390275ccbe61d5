// SPDX-License-Identifier: Apache-2.0
#include "trace.hpp"

#include <linux/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

namespace sandbox::init {
namespace {

constexpr int call_stop = SIGTRAP | 0x80; // with PTRACE_O_TRACESYSGOOD
constexpr std::string_view box = "/box/";

/// Not by the library's function: the filter wants to be shown the token.
long trace(long request, int pid, std::uint64_t address, std::uint64_t data,
           std::uint64_t token) noexcept {
  return ::syscall(SYS_ptrace, request, pid, address, data, 0L, token);
}

/// Which argument of a call is a path that it looks at; -1: none.
int path_argument(std::uint64_t call) noexcept {
  switch (call) {
#ifdef SYS_open
  case SYS_open:
  case SYS_stat:
  case SYS_lstat:
  case SYS_access:
  case SYS_readlink:
    return 0;
#endif
  case SYS_openat:
  case SYS_openat2:
  case SYS_newfstatat:
  case SYS_statx:
  case SYS_faccessat:
  case SYS_faccessat2:
  case SYS_readlinkat:
    return 1;
  default:
    return -1;
  }
}

} // namespace

Outcome let_parent_trace(std::uint64_t token) noexcept {
  return check(trace(PTRACE_TRACEME, 0, 0, 0, token), "ptrace", "PTRACE_TRACEME");
}

bool let_go(int pid, std::uint64_t token) noexcept {
  return trace(PTRACE_DETACH, pid, 0, 0, token) == 0;
}

Trace::Step Trace::stopped(int status) noexcept {
  if (!WIFSTOPPED(status)) {
    return Step::refused;
  }
  const int signal = WSTOPSIG(status);
  const bool event = status >> 16 != 0;
  int passed_on = 0;
  if (!begun_) {
    // The stop at execve is a SIGTRAP as any other program's.
    begun_ = true;
    if (trace(PTRACE_SETOPTIONS, pid_, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC, token_) !=
        0) {
      return Step::refused;
    }
  } else if (signal == call_stop) {
    if (names_source()) {
      return Step::held;
    }
  } else if (!event) {
    passed_on = signal;
  }
  return trace(PTRACE_SYSCALL, pid_, 0, static_cast<unsigned>(passed_on), token_) == 0
             ? Step::going_on
             : Step::refused;
}

bool Trace::names_source() const noexcept {
  ptrace_syscall_info info{};
  if (trace(PTRACE_GET_SYSCALL_INFO, pid_, sizeof info, reinterpret_cast<std::uint64_t>(&info),
            token_) <= 0 ||
      info.op != PTRACE_SYSCALL_INFO_ENTRY) {
    return false;
  }
  const int argument = path_argument(info.entry.nr);
  return argument >= 0 && is_source(info.entry.args[argument]);
}

/// "main.py" or "/box/main.py".
bool Trace::is_source(std::uint64_t address) const noexcept {
  char path[box.size() + 256 + sizeof(long)];
  const std::size_t most = box.size() + source_.size() + 1;
  if (most > sizeof path - sizeof(long)) {
    return false;
  }
  std::size_t length = 0;
  for (; length < most; length += sizeof(long)) {
    if (trace(PTRACE_PEEKDATA, pid_, address + length,
              reinterpret_cast<std::uint64_t>(path + length), token_) != 0) {
      return false;
    }
    if (std::memchr(path + length, '\0', sizeof(long)) != nullptr) {
      std::string_view name(path);
      if (name.starts_with(box)) {
        name.remove_prefix(box.size());
      }
      return name == source_;
    }
  }
  return false;
}

} // namespace sandbox::init
