// SPDX-License-Identifier: Apache-2.0
#include "seccomp/filter.hpp"
#include "seccomp/policy.hpp"
#include "unit/seccomp/arguments.hpp"
#include "unit/seccomp/bpf.hpp"

#include <catch2/catch.hpp>
#include <seccomp.h>

#include <fcntl.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <bit>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <initializer_list>
#include <vector>

using sandbox::seccomp::Action;
using sandbox::seccomp::allow;
using sandbox::seccomp::compile_filter;
using sandbox::seccomp::fail;
using sandbox::seccomp::FilterOptions;

namespace {

using Arguments = std::initializer_list<std::uint64_t>;

constexpr std::uint64_t high = 0xdeadbeef00000000;           // bits the kernel drops from an int
constexpr std::uint64_t one_above = std::uint64_t{1} << 32U; // the nearest of them

Action evaluate_for(std::uint32_t architecture, const FilterOptions& options, long number,
                    Arguments arguments) {
  seccomp_data data{};
  data.arch = architecture;
  data.nr = static_cast<int>(number);
  std::size_t index = 0;
  for (const std::uint64_t argument : arguments) {
    data.args[index++] = argument;
  }
  const auto program = compile_filter(options);
  return sandbox::test::BpfMachine(program, data).run();
}

Action evaluate(long number, Arguments arguments = {}, const FilterOptions& options = {}) {
  return evaluate_for(seccomp_arch_native(), options, number, arguments);
}

} // namespace

TEST_CASE("seccomp filter: a foreign architecture is killed", "[seccomp]") {
  const std::uint32_t foreign =
      seccomp_arch_native() == SCMP_ARCH_X86 ? SCMP_ARCH_X86_64 : SCMP_ARCH_X86;
  CHECK(evaluate_for(foreign, {}, SYS_read, {}) == SECCOMP_RET_KILL_PROCESS);
}

#ifdef __x86_64__
TEST_CASE("seccomp filter: an x32 call is killed", "[seccomp]") {
  constexpr long x32 = 0x40000000;
  CHECK(evaluate(SYS_read | x32) == SECCOMP_RET_KILL_PROCESS);
  CHECK(evaluate(SYS_ioctl | x32, {0, FIONREAD}) == SECCOMP_RET_KILL_PROCESS);
}
#endif

TEST_CASE("seccomp filter: an unknown call is absent", "[seccomp]") {
  CHECK(evaluate(1000) == fail(ENOSYS));
}

TEST_CASE("seccomp filter: each call of a group gets the group's action", "[seccomp]") {
  for (const auto& group : sandbox::seccomp::groups()) {
    for (const char* call : group.calls) {
      const int number = seccomp_syscall_resolve_name(call);
      if (number >= 0) {
        INFO(call);
        CHECK(evaluate(number) == group.action);
      }
    }
  }
}

TEST_CASE("seccomp filter: ordinary calls pass", "[seccomp]") {
  for (const long call : {SYS_read, SYS_mmap, SYS_futex, SYS_execve, SYS_exit_group, SYS_rseq}) {
    INFO(call);
    CHECK(evaluate(call) == allow);
  }
}

TEST_CASE("seccomp filter: privileged calls are refused", "[seccomp]") {
  for (const long call : {SYS_ptrace, SYS_mount, SYS_bpf, SYS_unshare, SYS_setns, SYS_chroot}) {
    INFO(call);
    CHECK(evaluate(call) == fail(EPERM));
  }
}

TEST_CASE("seccomp filter: calls with a fallback are absent", "[seccomp]") {
  for (const long call : {SYS_clone3, SYS_io_uring_setup, SYS_keyctl, SYS_fsopen, SYS_mbind}) {
    INFO(call);
    CHECK(evaluate(call) == fail(ENOSYS));
  }
}

TEST_CASE("seccomp filter: a flush of all file systems does nothing", "[seccomp]") {
  CHECK(evaluate(SYS_sync) == fail(0));
  CHECK(evaluate(SYS_fsync) == fail(0));
  CHECK(evaluate(SYS_fdatasync) == fail(0));
}

TEST_CASE("seccomp filter: input is not pushed into a terminal", "[seccomp]") {
  CHECK(evaluate(SYS_ioctl, {0, TIOCSTI}) == fail(EPERM));
  CHECK(evaluate(SYS_ioctl, {0, high | TIOCSTI}) == fail(EPERM));
  CHECK(evaluate(SYS_ioctl, {0, high | 0x541C}) == fail(EPERM));
  CHECK(evaluate(SYS_ioctl, {0, high | TIOCSETD}) == fail(EPERM));
}

TEST_CASE("seccomp filter: no request loads a module into the host", "[seccomp]") {
  for (const std::uint64_t request : {0x8940, 0x8941, 0x8982, 0x8983, 0x89a0, 0x89a1}) {
    CHECK(evaluate(SYS_ioctl, {0, request}) == fail(ENOPKG));
    CHECK(evaluate(SYS_ioctl, {0, high | request}) == fail(ENOPKG));
  }
  CHECK(evaluate(SYS_ioctl, {0, 0x8912}) == allow); // SIOCGIFCONF
}

TEST_CASE("seccomp filter: other ioctls pass", "[seccomp]") {
  CHECK(evaluate(SYS_ioctl, {TIOCSTI, FIONREAD}) == allow);
}

TEST_CASE("seccomp filter: only families on the list get a socket", "[seccomp]") {
  CHECK(evaluate(SYS_socket, {AF_ALG, SOCK_SEQPACKET, 0}) == fail(EAFNOSUPPORT));
  CHECK(evaluate(SYS_socket, {high | AF_ALG, SOCK_SEQPACKET, 0}) == fail(EAFNOSUPPORT));
  CHECK(evaluate(SYS_socket, {AF_PACKET, SOCK_RAW, 0}, {.loopback = true}) == fail(EAFNOSUPPORT));
}

TEST_CASE("seccomp filter: local sockets pass", "[seccomp]") {
  CHECK(evaluate(SYS_socket, {AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0}) == allow);
  CHECK(evaluate(SYS_socket, {high | AF_UNIX, SOCK_STREAM, 0}) == allow);
  CHECK(evaluate(SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0}) == allow);
}

TEST_CASE("seccomp filter: socket pairs are local", "[seccomp]") {
  CHECK(evaluate(SYS_socketpair, {AF_TIPC, SOCK_STREAM, 0}) == fail(EAFNOSUPPORT));
}

TEST_CASE("seccomp filter: no netlink, not even to list interfaces", "[seccomp]") {
  constexpr std::uint64_t netfilter = 12;
  for (const FilterOptions& options :
       {FilterOptions{}, FilterOptions{.loopback = true}, FilterOptions{.shared_uid = true}}) {
    for (const std::uint64_t family : {std::uint64_t{AF_NETLINK}, one_above | AF_NETLINK}) {
      const std::uint64_t type = SOCK_RAW | SOCK_CLOEXEC;
      CHECK(evaluate(SYS_socket, {family, type, 0}, options) == fail(EAFNOSUPPORT));
      CHECK(evaluate(SYS_socket, {family, type, high}, options) == fail(EAFNOSUPPORT));
      CHECK(evaluate(SYS_socket, {family, SOCK_RAW, netfilter}, options) == fail(EAFNOSUPPORT));
      CHECK(evaluate(SYS_socketpair, {family, type, 0}, options) == fail(EAFNOSUPPORT));
    }
  }
}

TEST_CASE("seccomp filter: no huge pages", "[seccomp]") {
  constexpr std::uint64_t map = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
  constexpr std::uint64_t two_megabytes = 21U << MAP_HUGE_SHIFT;
  for (const std::uint64_t above : {std::uint64_t{0}, one_above, high}) {
    CHECK(evaluate(SYS_mmap, {0, 4096, 3, above | map}) == fail(ENOMEM));
    CHECK(evaluate(SYS_mmap, {0, 4096, 3, above | map | two_megabytes}) == fail(ENOMEM));
    CHECK(evaluate(SYS_shmget, {0, 4096, above | SHM_HUGETLB | IPC_CREAT}) == fail(ENOMEM));
    CHECK(evaluate(SYS_memfd_create, {0, above | MFD_HUGETLB}) == fail(EINVAL));
    CHECK(evaluate(SYS_memfd_create, {0, above | two_megabytes | MFD_HUGETLB | MFD_CLOEXEC}) ==
          fail(EINVAL));
  }
}

TEST_CASE("seccomp filter: pages of the usual size pass", "[seccomp]") {
  constexpr std::uint64_t others = 0xffffffff & ~std::uint64_t{MAP_HUGETLB};
  CHECK(evaluate(SYS_mmap, {MAP_HUGETLB, MAP_HUGETLB, MAP_HUGETLB, MAP_PRIVATE, MAP_HUGETLB,
                            MAP_HUGETLB}) == allow);
  CHECK(evaluate(SYS_mmap, {0, 4096, 3, others}) == allow);
  CHECK(evaluate(SYS_mmap, {0, 4096, 3, std::uint64_t{MAP_HUGETLB} << 32U}) == allow);
  CHECK(evaluate(SYS_shmget, {SHM_HUGETLB, SHM_HUGETLB, IPC_CREAT | 0600}) == allow);
  CHECK(evaluate(SYS_shmget, {0, 4096, 0xffffffff & ~std::uint64_t{SHM_HUGETLB}}) == allow);
  CHECK(evaluate(SYS_memfd_create, {MFD_HUGETLB, MFD_CLOEXEC | MFD_ALLOW_SEALING}) == allow);
}

TEST_CASE("seccomp filter: nobody is told what others open", "[seccomp]") {
  for (const char* call :
       {"inotify_init", "inotify_init1", "inotify_add_watch", "inotify_rm_watch"}) {
    INFO(call);
    const int number = seccomp_syscall_resolve_name(call);
    CHECK((number < 0 || evaluate(number) == fail(ENOSYS)));
    CHECK((number < 0 || evaluate(number, {high | IN_CLOEXEC}) == fail(ENOSYS)));
  }
  CHECK(evaluate(SYS_fanotify_init) == fail(EPERM));
  CHECK(evaluate(SYS_fanotify_mark) == fail(EPERM));
  CHECK(evaluate(SYS_fcntl, {0, F_NOTIFY, DN_ACCESS}) == fail(EINVAL));
  CHECK(evaluate(SYS_fcntl, {0, one_above | F_NOTIFY, DN_ACCESS}) == fail(EINVAL));
}

TEST_CASE("seccomp filter: nobody has to wait for a file that another box holds", "[seccomp]") {
  for (const std::uint64_t command : {1024, 1040}) { // F_SETLEASE, F_SETDELEG
    CHECK(evaluate(SYS_fcntl, {0, command}) == fail(EINVAL));
    CHECK(evaluate(SYS_fcntl, {0, high | command}) == fail(EINVAL));
  }
}

TEST_CASE("seccomp filter: all else of fcntl passes", "[seccomp]") {
  for (const std::uint64_t operation :
       {F_DUPFD, F_GETFL, F_SETLK, F_SETOWN, F_GETLEASE, F_DUPFD_CLOEXEC, F_ADD_SEALS}) {
    INFO(operation);
    CHECK(evaluate(SYS_fcntl, {F_NOTIFY, operation, F_NOTIFY}) == allow);
  }
}

TEST_CASE("seccomp filter: without loopback there is no internet", "[seccomp]") {
  CHECK(evaluate(SYS_socket, {AF_INET, SOCK_STREAM, 0}) == fail(EAFNOSUPPORT));
  CHECK(evaluate(SYS_socket, {AF_INET6, SOCK_DGRAM, 0}) == fail(EAFNOSUPPORT));
}

TEST_CASE("seccomp filter: loopback allows TCP and UDP", "[seccomp]") {
  const FilterOptions loopback{.loopback = true};
  CHECK(evaluate(SYS_socket, {AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0}, loopback) == allow);
  CHECK(evaluate(SYS_socket, {AF_INET6, SOCK_STREAM, IPPROTO_TCP}, loopback) == allow);
  CHECK(evaluate(SYS_socket, {AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0}, loopback) == allow);
  CHECK(evaluate(SYS_socket, {AF_INET, SOCK_DGRAM, IPPROTO_UDP}, loopback) == allow);
}

TEST_CASE("seccomp filter: loopback allows no other protocol", "[seccomp]") {
  const FilterOptions loopback{.loopback = true};
  CHECK(evaluate(SYS_socket, {AF_INET, SOCK_RAW, IPPROTO_TCP}, loopback) == fail(EPROTONOSUPPORT));
  CHECK(evaluate(SYS_socket, {high | AF_INET, high | SOCK_RAW, 0}, loopback) ==
        fail(EPROTONOSUPPORT));
  CHECK(evaluate(SYS_socket, {AF_INET, SOCK_STREAM, IPPROTO_SCTP}, loopback) ==
        fail(EPROTONOSUPPORT));
}

TEST_CASE("seccomp filter: no namespaces by clone", "[seccomp]") {
  for (const std::uint64_t flag : {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET,
                                   CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP}) {
    INFO(flag);
    CHECK(evaluate(SYS_clone, {high | flag | SIGCHLD}) == fail(EPERM));
  }
}

TEST_CASE("seccomp filter: what boxes share of the page cache stays in it", "[seccomp]") {
  CHECK(evaluate(SYS_fadvise64, {0, 0, 0, high | POSIX_FADV_DONTNEED}) == fail(0));
  CHECK(evaluate(SYS_fadvise64, {0, 0, 0, POSIX_FADV_SEQUENTIAL}) == allow);
}

TEST_CASE("seccomp filter: sockets have no filters", "[seccomp]") {
  for (const std::uint64_t option : {SO_ATTACH_FILTER, SO_ATTACH_REUSEPORT_CBPF}) {
    CHECK(evaluate(SYS_setsockopt, {0, SOL_SOCKET, high | option}) == fail(EPERM));
    CHECK(evaluate(SYS_setsockopt, {0, IPPROTO_TCP, option}) == allow);
  }
  CHECK(evaluate(SYS_setsockopt, {0, SOL_SOCKET, SO_RCVBUF}) == allow);
}

TEST_CASE("seccomp filter: threads and children by clone", "[seccomp]") {
  constexpr std::uint64_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
                                   CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
                                   CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
  CHECK(evaluate(SYS_clone, {thread}) == allow);
  CHECK(evaluate(SYS_clone, {CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD}) == allow);
}

TEST_CASE("seccomp filter: the signal of the filter's own kill is not sent", "[seccomp]") {
  CHECK(evaluate(SYS_kill, {1, high | SIGSYS}) == fail(EPERM));
  CHECK(evaluate(SYS_tkill, {1, SIGSYS}) == fail(EPERM));
  CHECK(evaluate(SYS_tgkill, {1, 1, SIGSYS}) == fail(EPERM));
  CHECK(evaluate(SYS_rt_sigqueueinfo, {1, SIGSYS}) == fail(EPERM));
  CHECK(evaluate(SYS_rt_tgsigqueueinfo, {1, 1, SIGSYS}) == fail(EPERM));
  CHECK(evaluate(SYS_pidfd_send_signal, {1, SIGSYS}) == fail(EPERM));
}

TEST_CASE("seccomp filter: other signals pass", "[seccomp]") {
  CHECK(evaluate(SYS_kill, {1, SIGKILL}) == allow);
  CHECK(evaluate(SYS_kill, {SIGSYS, SIGTERM}) == allow);
  CHECK(evaluate(SYS_tgkill, {1, SIGSYS, SIGABRT}) == allow);
}

TEST_CASE("seccomp filter: init of the program's uid gets no signal", "[seccomp]") {
  const FilterOptions shared{.shared_uid = true};
  CHECK(evaluate(SYS_kill, {high | 1, SIGCHLD}, shared) == fail(EPERM));
  CHECK(evaluate(SYS_tkill, {1, SIGCHLD}, shared) == fail(EPERM));
  CHECK(evaluate(SYS_tgkill, {1, 1, SIGCHLD}, shared) == fail(EPERM));
  CHECK(evaluate(SYS_rt_sigqueueinfo, {1, SIGCHLD}, shared) == fail(EPERM));
  CHECK(evaluate(SYS_rt_tgsigqueueinfo, {1, 1, SIGCHLD}, shared) == fail(EPERM));
  CHECK(evaluate(SYS_pidfd_send_signal, {5, high | SIGCHLD}, shared) == fail(EPERM));
}

TEST_CASE("seccomp filter: under a shared uid other processes get signals", "[seccomp]") {
  const FilterOptions shared{.shared_uid = true};
  CHECK(evaluate(SYS_kill, {2, SIGCHLD}, shared) == allow);
  CHECK(evaluate(SYS_kill, {0xffffffff, SIGTERM}, shared) == allow);
  CHECK(evaluate(SYS_pidfd_send_signal, {1, SIGTERM}, shared) == allow);
}

TEST_CASE("seccomp filter: init of the program's uid is not slowed down", "[seccomp]") {
  const FilterOptions shared{.shared_uid = true};
  for (const long call :
       {SYS_sched_setscheduler, SYS_sched_setattr, SYS_sched_setparam, SYS_sched_setaffinity}) {
    INFO(call);
    CHECK(evaluate(call, {high | 1}, shared) == fail(EPERM));
    CHECK(evaluate(call, {2}, shared) == allow);
  }
  for (const long call : {SYS_setpriority, SYS_ioprio_set}) {
    INFO(call);
    CHECK(evaluate(call, {1, high | 1}, shared) == fail(EPERM));
    CHECK(evaluate(call, {1, 2}, shared) == allow);
  }
}

TEST_CASE("seccomp filter: init is not slowed down with all processes of a uid", "[seccomp]") {
  const FilterOptions shared{.shared_uid = true};
  CHECK(evaluate(SYS_setpriority, {PRIO_USER, 0}, shared) == fail(EPERM));
  constexpr std::uint64_t ioprio_who_user = 3; // <linux/ioprio.h> is not for C++
  CHECK(evaluate(SYS_ioprio_set, {ioprio_who_user, 0}, shared) == fail(EPERM));
}

TEST_CASE("seccomp filter: the CPU clocks of init are nobody's to read", "[seccomp]") {
  const auto clock_of = [](std::uint64_t process) { return (~process << 3U | 2) & 0xffffffff; };
  for (const long call :
       {SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_timer_create}) {
    INFO(call);
    CHECK(evaluate(call, {clock_of(1)}) == fail(EINVAL));
    CHECK(evaluate(call, {high | (clock_of(1) ^ 7)}) == fail(EINVAL));
    CHECK(evaluate(call, {clock_of(2)}) == allow);
    CHECK(evaluate(call, {clock_of(0)}) == allow);
    CHECK(evaluate(call, {CLOCK_MONOTONIC}) == allow);
  }
}

TEST_CASE("seccomp filter: nothing is shared with other boxes by merging pages", "[seccomp]") {
  CHECK(evaluate(SYS_madvise, {0, 4096, high | MADV_MERGEABLE}) == fail(EINVAL));
  CHECK(evaluate(SYS_prctl, {high | 67}) == fail(EINVAL)); // PR_SET_MEMORY_MERGE
}

TEST_CASE("seccomp filter: no box flushes or pages out what others use", "[seccomp]") {
  CHECK(evaluate(SYS_madvise, {0, 4096, high | MADV_PAGEOUT}) == fail(EINVAL));
  for (const std::uint64_t request : {0x9408U, 0x80089418U}) { // BTRFS_IOC_SYNC, _START_SYNC
    CHECK(evaluate(SYS_ioctl, {0, request}) == fail(0));
    CHECK(evaluate(SYS_ioctl, {0, high | request}) == fail(0));
  }
}

TEST_CASE("seccomp filter: other advice and options pass", "[seccomp]") {
  CHECK(evaluate(SYS_madvise, {0, 4096, MADV_DONTNEED}) == allow);
  CHECK(evaluate(SYS_prctl, {PR_SET_NAME, 67, 62}) == allow);
}

TEST_CASE("seccomp filter: no box keeps another off its sibling core", "[seccomp]") {
  CHECK(evaluate(SYS_prctl, {high | PR_SCHED_CORE}) == fail(EINVAL));
}

TEST_CASE("seccomp filter: a call newer than libseccomp is known by its number", "[seccomp]") {
  constexpr long mseal = 462;
  constexpr long fchmodat2 = 452;
  CHECK(evaluate(mseal) == allow);
  CHECK(evaluate(fchmodat2) == allow);
}

TEST_CASE("seccomp filter: limits of others only under a uid of one's own", "[seccomp]") {
  CHECK(evaluate(SYS_prlimit64, {2}) == allow);
  CHECK(evaluate(SYS_prlimit64, {2}, {.shared_uid = true}) == fail(EPERM));
  CHECK(evaluate(SYS_prlimit64, {high | 2}, {.shared_uid = true}) == fail(EPERM));
  CHECK(evaluate(SYS_prlimit64, {0}, {.shared_uid = true}) == allow);
}

TEST_CASE("seccomp filter: personality keeps randomization", "[seccomp]") {
  CHECK(evaluate(SYS_personality, {0}) == allow);
  CHECK(evaluate(SYS_personality, {0xffffffff}) == allow);
  CHECK(evaluate(SYS_personality, {high | 0x40000}) == fail(EPERM));
}

TEST_CASE("seccomp filter: no real-time scheduling", "[seccomp]") {
  CHECK(evaluate(SYS_sched_setscheduler, {0, SCHED_BATCH}) == allow);
  CHECK(evaluate(SYS_sched_setscheduler, {0, SCHED_IDLE | SCHED_RESET_ON_FORK}) == allow);
  CHECK(evaluate(SYS_sched_setscheduler, {0, high | SCHED_FIFO}) == fail(EPERM));
}

TEST_CASE("seccomp filter: a program may add filters but not listen", "[seccomp]") {
  CHECK(evaluate(SYS_seccomp, {SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC}) == allow);
  CHECK(evaluate(SYS_seccomp, {SECCOMP_SET_MODE_FILTER, high | SECCOMP_FILTER_FLAG_NEW_LISTENER |
                                                            SECCOMP_FILTER_FLAG_TSYNC}) ==
        fail(EPERM));
}

TEST_CASE("seccomp filter: no device nodes", "[seccomp]") {
  CHECK(evaluate(SYS_mknod, {0, high | S_IFCHR | 0600}) == fail(EPERM));
  CHECK(evaluate(SYS_mknodat, {0, 0, S_IFBLK | 0600}) == fail(EPERM));
  CHECK(evaluate(SYS_mknodat, {0, 0, S_IFIFO | 0600}) == allow);
}

TEST_CASE("seccomp filter: is the same each time", "[seccomp]") {
  const auto code = [](const FilterOptions& options) {
    std::vector<std::uint64_t> words;
    for (const sock_filter& each : compile_filter(options)) {
      words.push_back(std::bit_cast<std::uint64_t>(each));
    }
    return words;
  };
  CHECK(code({.loopback = true}) == code({.loopback = true}));
}
