// SPDX-License-Identifier: Apache-2.0
//
// Linked into a sandbox-init of the tests only: calls that hold a layer of confinement up are
// caught on their way to the kernel (ld --wrap), and the layers that SANDBOX_TEST_WITHOUT names are
// left out. The code of the product is as it is, and believes that all went well.
#include "clone.hpp"
#include "id_map.hpp"
#include "mount_by_token.hpp"
#include "outcome.hpp"
#include "scratch_watch.hpp"
#include "socket_watch.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

/// SANDBOX_TEST_WITHOUT names one layer, or several with commas between them.
bool without(std::string_view layer) noexcept {
  const char* const names = std::getenv("SANDBOX_TEST_WITHOUT");
  for (std::string_view left = names != nullptr ? names : ""; !left.empty();) {
    const std::size_t end = left.find(',');
    if (left.substr(0, end) == layer) {
      return true;
    }
    left.remove_prefix(end == std::string_view::npos ? left.size() : end + 1);
  }
  return false;
}

/// What init opens is closed by the kernel when a program starts; close_range is there for what
/// slips through. This does, whichever layer is left out.
__attribute__((constructor)) void leak_descriptor() noexcept {
  constexpr int leaked = 117;
  ::dup2(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), leaked);
}

/// The options without those that begin so.
void strip(char* options, std::string_view key) noexcept {
  char* from = std::strstr(options, key.data());
  if (from == nullptr) {
    return;
  }
  const char* next = std::strchr(from, ',');
  if (next == nullptr) {
    *(from > options ? from - 1 : from) = '\0';
  } else {
    std::memmove(from, next + 1, std::strlen(next + 1) + 1);
  }
}

bool capability_call(int option) noexcept {
  const bool all = without("capabilities") || without("privileges");
  return (option == PR_SET_SECUREBITS && all) ||
         (option == PR_CAPBSET_DROP && (all || without("bounding_set")));
}

const char* name_of(int resource) noexcept {
  switch (resource) {
  case RLIMIT_CORE:
    return "rlimit_core";
  case RLIMIT_MEMLOCK:
    return "rlimit_memlock";
  case RLIMIT_MSGQUEUE:
    return "rlimit_msgqueue";
  case RLIMIT_SIGPENDING:
    return "rlimit_sigpending";
  case RLIMIT_RTPRIO:
    return "rlimit_rtprio";
  case RLIMIT_NICE:
    return "rlimit_nice";
  case RLIMIT_FSIZE:
    return "rlimit_fsize";
  case RLIMIT_NOFILE:
    return "rlimit_nofile";
  case RLIMIT_STACK:
    return "rlimit_stack";
  default:
    return "rlimit";
  }
}

bool is_left_out(long number) noexcept {
  switch (number) {
  case SYS_seccomp:
    return without("seccomp");
  case SYS_capset:
    return without("capabilities") || without("privileges");
  case SYS_setresuid:
  case SYS_setresgid:
    return without("own_uid") || without("privileges");
  case SYS_setgroups:
    return without("supplementary_groups");
  case SYS_keyctl:
    return without("session_keyring");
  case SYS_unshare:
    return without("ipc_namespace");
  case SYS_landlock_restrict_self:
    return without("landlock");
  default:
    return false;
  }
}

} // namespace

extern "C" {

// Only calls by token have a sixth argument: for the others its place is the caller's own memory,
// which to pass it on would write to.
long __real_syscall(long number, long a, long b, long c, long d, long e, long f);
long real_call_of_five(long number, long a, long b, long c, long d, long e) asm("__real_syscall");
long __wrap_syscall(long number, long a, long b, long c, long d, long e, long f) {
  // Init's own keeps some; it is the program's, which keeps none, that is left out.
  const bool of_init =
      number == SYS_capset && reinterpret_cast<const __user_cap_data_struct*>(b)->permitted != 0;
  if (number == SYS_seccomp && without("seccomp") && (b & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0) {
    errno = EBUSY; // there will be nothing to listen to
    return -1;
  }
  if (is_left_out(number) && !of_init) {
    return 0;
  }
  if (number == SYS_pivot_root && without("pivot_root")) {
    return chroot(".");
  }
  if (number == SYS_mount_setattr) {
    auto* attributes = reinterpret_cast<mount_attr*>(d);
    const char* path = reinterpret_cast<const char*>(b);
    const bool root = std::strcmp(path, "/") == 0 || std::strcmp(path, "/root") == 0;
    if (without(root ? "read_only_root" : "read_only_binds")) {
      attributes->attr_set &= ~static_cast<unsigned long long>(MOUNT_ATTR_RDONLY);
    }
    if (!root && without("bind_flags")) {
      attributes->attr_set &=
          ~static_cast<unsigned long long>(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    }
  }
  return number == SYS_mount || number == SYS_umount2 || number == SYS_unshare ||
                 number == SYS_ptrace
             ? __real_syscall(number, a, b, c, d, e, f)
             : real_call_of_five(number, a, b, c, d, e);
}

int __real_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int __wrap_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  const bool left_out = (option == PR_SET_NO_NEW_PRIVS && without("no_new_privileges")) ||
                        (option == PR_SET_DUMPABLE && without("undumpable")) ||
                        capability_call(option);
  return left_out ? 0 : __real_prctl(option, a, b, c, d);
}

int __real_close_range(unsigned first, unsigned last, int flags);
int __wrap_close_range(unsigned first, unsigned last, int flags) {
  return without("close_range") ? 0 : __real_close_range(first, last, flags);
}

int __real_setrlimit(int resource, const rlimit* limits);
int __wrap_setrlimit(int resource, const rlimit* limits) {
  return without(name_of(resource)) ? 0 : __real_setrlimit(resource, limits);
}

int __real_setgroups(std::size_t count, const unsigned* groups);
int __wrap_setgroups(std::size_t count, const unsigned* groups) {
  return without("supplementary_groups") ? 0 : __real_setgroups(count, groups);
}

int __real_unshare(int flags);
int __wrap_unshare(int flags) {
  return without("cgroup_namespace") ? 0 : __real_unshare(flags);
}

int __real_sethostname(const char* name, std::size_t size);
int __wrap_sethostname(const char* name, std::size_t size) {
  return without("uts_namespace") ? 0 : __real_sethostname(name, size);
}

int __real_umount2(const char* target, int flags);
int __wrap_umount2(const char* target, int flags) {
  return without("pivot_root") ? 0 : __real_umount2(target, flags);
}

long __real_write(int file, const void* bytes, std::size_t size);
long __wrap_write(int file, const void* bytes, std::size_t size) {
  const std::string_view text(static_cast<const char*>(bytes), size);
  const bool left_out =
      (text == "0" && without("control_groups")) || (text == "1000" && without("oom_score"));
  return left_out ? static_cast<long>(size) : __real_write(file, bytes, size);
}

long __real_pwrite(int file, const void* bytes, std::size_t size, long at);
long __wrap_pwrite(int file, const void* bytes, std::size_t size, long at) {
  const std::string_view text(static_cast<const char*>(bytes), size);
  const bool left_out =
      (text == "1000" && without("oom_score")) || (text == "1" && without("renewed_numbers"));
  return left_out ? static_cast<long>(size) : __real_pwrite(file, bytes, size, at);
}

int __real_openat(int directory, const char* path, int flags, unsigned mode);
int __wrap_openat(int directory, const char* path, int flags, unsigned mode) {
  if (without("no_follow")) {
    flags &= ~O_NOFOLLOW;
  }
  if (without("no_block")) {
    flags &= ~O_NONBLOCK;
  }
  return __real_openat(directory, path, flags, mode);
}

int __real_kill(int pid, int signal);
int __wrap_kill(int pid, int signal) {
  return pid == -1 && without("kill_leftovers") ? 0 : __real_kill(pid, signal);
}

int __real_sigprocmask(int how, const sigset_t* set, sigset_t* old);
int __wrap_sigprocmask(int how, const sigset_t* set, sigset_t* old) {
  const bool clears = sigismember(set, SIGCHLD) == 0;
  return clears && without("signal_mask") ? 0 : __real_sigprocmask(how, set, old);
}

int __real_setfsuid(unsigned id);
int __wrap_setfsuid(unsigned id) {
  return without("file_ids") && id == sandbox::init::program_id ? 0 : __real_setfsuid(id);
}

} // extern "C"

// Functions of the product, by their names as the linker knows them.
namespace sandbox::init {

long real_clone_process(unsigned long namespaces, int* pidfd) noexcept
    asm("__real__ZN7sandbox4init13clone_processEmPi");
long wrapped_clone_process(unsigned long namespaces, int* pidfd) noexcept
    asm("__wrap__ZN7sandbox4init13clone_processEmPi");
long wrapped_clone_process(unsigned long namespaces, int* pidfd) noexcept {
  const bool slot = (namespaces & CLONE_NEWNET) != 0;
  const struct {
    const char* layer;
    unsigned long flag;
  } flags[] = {{"user_namespace", CLONE_NEWUSER},
               {"network_namespace", CLONE_NEWNET},
               {"uts_namespace", CLONE_NEWUTS}};
  for (const auto& each : flags) {
    if (slot && without(each.layer)) {
      namespaces &= ~each.flag;
    }
  }
  return real_clone_process(namespaces, pidfd);
}

long real_clone_sharing_memory(unsigned long namespaces, std::uint64_t token,
                               int (*function)(void*), void* argument) noexcept
    asm("__real__ZN7sandbox4init20clone_sharing_memoryEmmPFiPvES1_");
long wrapped_clone_sharing_memory(unsigned long namespaces, std::uint64_t token,
                                  int (*function)(void*), void* argument) noexcept
    asm("__wrap__ZN7sandbox4init20clone_sharing_memoryEmmPFiPvES1_");
long wrapped_clone_sharing_memory(unsigned long namespaces, std::uint64_t token,
                                  int (*function)(void*), void* argument) noexcept {
  const struct {
    const char* layer;
    unsigned long flag;
  } flags[] = {{"pid_namespace", CLONE_NEWPID}, {"mount_namespace", CLONE_NEWNS}};
  for (const auto& each : flags) {
    if (without(each.layer)) {
      namespaces &= ~each.flag;
    }
  }
  return real_clone_sharing_memory(namespaces, token, function, argument);
}

Outcome real_mount_by_token(const char* type, const char* target, unsigned long flags,
                            const char* options, std::uint64_t token) noexcept
    asm("__real__ZN7sandbox4init14mount_by_tokenEPKcS2_mS2_m");
Outcome wrapped_mount_by_token(const char* type, const char* target, unsigned long flags,
                               const char* options, std::uint64_t token) noexcept
    asm("__wrap__ZN7sandbox4init14mount_by_tokenEPKcS2_mS2_m");
Outcome wrapped_mount_by_token(const char* type, const char* target, unsigned long flags,
                               const char* options, std::uint64_t token) noexcept {
  char text[256] = "";
  std::strncpy(text, options, sizeof text - 1);
  const std::string_view kind = type;
  if (kind == "proc" && without("hidepid")) {
    strip(text, "hidepid");
  }
  if (kind == "proc" && without("read_only_proc")) {
    flags &= ~static_cast<unsigned long>(MS_RDONLY);
  }
  if (kind == "tmpfs" && without("disk_size")) {
    strip(text, "size=");
  }
  if (kind == "tmpfs" && without("disk_inodes")) {
    strip(text, "nr_inodes=");
  }
  if (kind == "tmpfs" && without("mount_flags")) {
    flags &= ~static_cast<unsigned long>(MS_NOSUID | MS_NODEV);
  }
  return real_mount_by_token(type, target, flags, text, token);
}

/// Not /box: with the attack itself in it the slot would be given up for its memory.
bool real_is_untouched(ScratchWatch* watch) noexcept
    asm("__real__ZN7sandbox4init12ScratchWatch12is_untouchedEv");
bool wrapped_is_untouched(ScratchWatch* watch) noexcept
    asm("__wrap__ZN7sandbox4init12ScratchWatch12is_untouchedEv");
bool wrapped_is_untouched(ScratchWatch* watch) noexcept {
  return without("renewed_files") || real_is_untouched(watch);
}

bool real_sees_none(const SocketWatch* watch) noexcept
    asm("__real__ZNK7sandbox4init11SocketWatch9sees_noneEv");
bool wrapped_sees_none(const SocketWatch* watch) noexcept
    asm("__wrap__ZNK7sandbox4init11SocketWatch9sees_noneEv");
bool wrapped_sees_none(const SocketWatch* watch) noexcept {
  return without("leftover_sockets") || real_sees_none(watch);
}

Outcome real_map_slot(int pid, const wire::NewSlot& slot, bool deny_setgroups) noexcept
    asm("__real__ZN7sandbox4init8map_slotEiRKNS_4wire7NewSlotEb");
Outcome wrapped_map_slot(int pid, const wire::NewSlot& slot, bool deny_setgroups) noexcept
    asm("__wrap__ZN7sandbox4init8map_slotEiRKNS_4wire7NewSlotEb");
Outcome wrapped_map_slot(int pid, const wire::NewSlot& slot, bool deny_setgroups) noexcept {
  return without("user_namespace") ? Outcome{} : real_map_slot(pid, slot, deny_setgroups);
}

} // namespace sandbox::init
