// SPDX-License-Identifier: Apache-2.0
//
// The filter as this kernel takes it: each case loads it into a child of its own.
#include "seccomp/filter.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <netdb.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>
#include <vector>

namespace {

constexpr int not_loaded = 255;

template <typename Probe>
int confined(std::vector<sock_filter>& filter, Probe probe) {
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    return not_loaded;
  }
  return probe() >= 0 ? 0 : errno;
}

/// The wait status of a child in which `probe` ran under the filter; its exit status is the errno
/// of `probe`, a system call, or 0.
template <typename Probe>
int status_of(Probe probe, const sandbox::seccomp::FilterOptions& options = {}) {
  auto filter = sandbox::seccomp::compile_filter(options);
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(confined(filter, probe));
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

template <typename Probe>
int error_of(Probe probe, const sandbox::seccomp::FilterOptions& options = {}) {
  const int status = status_of(probe, options);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/// The positive control: what the same probe meets without a filter.
template <typename Probe>
int error_without_filter(Probe probe) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(probe() >= 0 ? 0 : errno);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

} // namespace

TEST_CASE("seccomp filter: the kernel lets an ordinary call pass", "[seccomp][live]") {
  CHECK(error_of([] { return ::close(::open("/dev/null", O_RDONLY)); }) == 0);
}

TEST_CASE("seccomp filter: a child can be forked under it", "[seccomp][live]") {
  CHECK(error_of([] {
          const pid_t child = ::fork();
          if (child == 0) {
            ::_exit(0);
          }
          return ::waitpid(child, nullptr, 0);
        }) == 0);
}

TEST_CASE("seccomp filter: the kernel answers for an unknown call", "[seccomp][live]") {
  CHECK(error_of([] { return ::syscall(1000); }) == ENOSYS);
}

TEST_CASE("seccomp filter: the kernel refuses a namespace", "[seccomp][live]") {
  CHECK(error_of([] { return ::syscall(SYS_unshare, 0); }) == EPERM);
}

TEST_CASE("seccomp filter: the kernel refuses tracing", "[seccomp][live]") {
  const auto trace_me = [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); };
  CHECK(error_without_filter(trace_me) == 0);
  CHECK(error_of(trace_me) == EPERM);
}

// A null pointer would be EFAULT, and a size of 0 EINVAL, if the kernel saw them.
TEST_CASE("seccomp filter: clone3 is absent", "[seccomp][live]") {
  const auto clone_nothing = [] { return ::syscall(SYS_clone3, nullptr, 0); };
  CHECK(error_without_filter(clone_nothing) == EINVAL);
  CHECK(error_of(clone_nothing) == ENOSYS);
}

TEST_CASE("seccomp filter: io_uring is absent", "[seccomp][live]") {
  CHECK(error_of([] { return ::syscall(SYS_io_uring_setup, 1, nullptr); }) == ENOSYS);
}

TEST_CASE("seccomp filter: high bits do not smuggle a socket family through", "[seccomp][live]") {
  constexpr unsigned long family = 0x100000000UL | AF_NETLINK;
  constexpr int generic = 16;
  const auto open_socket = [] { return ::syscall(SYS_socket, family, SOCK_RAW, generic); };
  CHECK(error_without_filter(open_socket) == 0);
  CHECK(error_of(open_socket) == EAFNOSUPPORT);
}

TEST_CASE("seccomp filter: the kernel opens no netlink", "[seccomp][live]") {
  const auto open_socket = [] { return ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0); };
  CHECK(error_without_filter(open_socket) == 0);
  CHECK(error_of(open_socket) == EAFNOSUPPORT);
  CHECK(error_of(open_socket, {.loopback = true}) == EAFNOSUPPORT);
}

TEST_CASE("seccomp filter: interfaces cannot be listed, and that is told", "[seccomp][live]") {
  const auto list = [] {
    ifaddrs* found = nullptr;
    return ::getifaddrs(&found);
  };
  CHECK(error_without_filter(list) == 0);
  CHECK(error_of(list, {.loopback = true}) == EAFNOSUPPORT);
}

TEST_CASE("seccomp filter: addresses in digits and local names resolve", "[seccomp][live]") {
  for (const char* host : {"127.0.0.1", "::1", "localhost"}) {
    INFO(host);
    const auto resolve = [host] {
      addrinfo* found = nullptr;
      const int error = ::getaddrinfo(host, "80", nullptr, &found);
      errno = error == EAI_SYSTEM ? errno : EINVAL;
      return error == 0 && found != nullptr ? 0 : -1;
    };
    CHECK(error_without_filter(resolve) == 0);
    CHECK(error_of(resolve) == 0);
    CHECK(error_of(resolve, {.loopback = true}) == 0);
  }
}

// A mapping of no length is EINVAL if the kernel sees it, whether the host has huge pages or not.
TEST_CASE("seccomp filter: the kernel maps no huge pages", "[seccomp][live]") {
  for (const unsigned long above : {0UL, 0x100000000UL}) {
    const auto map = [above] {
      return ::syscall(SYS_mmap, 0UL, 0UL, PROT_READ,
                       above | MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0UL);
    };
    CHECK(error_without_filter(map) == EINVAL);
    CHECK(error_of(map) == ENOMEM);
  }
}

TEST_CASE("seccomp filter: the kernel maps pages of the usual size", "[seccomp][live]") {
  CHECK(error_of([] {
          void* const page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
          return page == MAP_FAILED ? -1 : ::munmap(page, 4096); // NOLINT: a macro of C
        }) == 0);
}

// A bad name is EFAULT if the kernel sees it.
TEST_CASE("seccomp filter: the kernel makes no file of huge pages", "[seccomp][live]") {
  for (const unsigned long above : {0UL, 0x100000000UL}) {
    const auto make = [above] {
      return ::syscall(SYS_memfd_create, nullptr, above | MFD_CLOEXEC | MFD_HUGETLB);
    };
    CHECK(error_without_filter(make) == EFAULT);
    CHECK(error_of(make) == EINVAL);
  }
  CHECK(error_of([] { return ::memfd_create("file", MFD_CLOEXEC); }) == 0);
}

// A segment of no length is EINVAL if the kernel sees it.
TEST_CASE("seccomp filter: the kernel makes no segment of huge pages", "[seccomp][live]") {
  for (const unsigned long above : {0UL, 0x100000000UL}) {
    const auto make = [above] {
      return ::syscall(SYS_shmget, IPC_PRIVATE, 0UL, above | IPC_CREAT | SHM_HUGETLB);
    };
    CHECK(error_without_filter(make) == EINVAL);
    CHECK(error_of(make) == ENOMEM);
  }
  CHECK(error_of([] { return ::syscall(SYS_shmget, IPC_PRIVATE, 0UL, IPC_CREAT); }) == EINVAL);
}

TEST_CASE("seccomp filter: inotify is absent", "[seccomp][live]") {
  const auto watch = [] { return ::inotify_init1(IN_CLOEXEC); };
  CHECK(error_without_filter(watch) == 0);
  CHECK(error_of(watch) == ENOSYS);
}

#ifdef SYS_inotify_init
TEST_CASE("seccomp filter: inotify of old is absent", "[seccomp][live]") {
  const auto watch = [] { return ::syscall(SYS_inotify_init); };
  CHECK(error_without_filter(watch) == 0);
  CHECK(error_of(watch) == ENOSYS);
}
#endif

TEST_CASE("seccomp filter: the kernel gives no notice of a directory", "[seccomp][live]") {
  for (const unsigned long above : {0UL, 0x100000000UL}) {
    const auto watch = [above] {
      const int directory = ::open("/usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      return ::syscall(SYS_fcntl, directory, above | F_NOTIFY, DN_CREATE);
    };
    CHECK(error_without_filter(watch) == 0);
    CHECK(error_of(watch) == EINVAL);
  }
}

TEST_CASE("seccomp filter: threads start under it", "[seccomp][live]") {
  CHECK(error_of([] {
          int answer = -1;
          std::thread([&answer] { answer = 0; }).join();
          return answer;
        }) == 0);
}

TEST_CASE("seccomp filter: another program can be executed under it", "[seccomp][live]") {
  CHECK(error_of([] { return ::execl("/bin/true", "true", nullptr); }) == 0);
}

TEST_CASE("seccomp filter: a SIGSYS is not sent", "[seccomp][live]") {
  const auto send = [] { return ::syscall(SYS_kill, ::getpid(), 0xdeadbeef00000000UL | SIGSYS); };
  CHECK(error_of(send) == EPERM);
}

// A null pointer would be EFAULT if the kernel saw it: nothing happens to process 1 of this
// machine.
TEST_CASE("seccomp filter: an init of one's own uid is out of reach", "[seccomp][live]") {
  const auto pin = [] { return ::syscall(SYS_sched_setaffinity, 1, sizeof(long), nullptr); };
  CHECK(error_without_filter(pin) == EFAULT);
  CHECK(error_of(pin, {.shared_uid = true}) == EPERM);
}

TEST_CASE("seccomp filter: high bits do not smuggle an ioctl through", "[seccomp][live]") {
  constexpr unsigned long request = 0xdeadbeef00000000UL | TIOCSTI;
  CHECK(error_of([] { return ::syscall(SYS_ioctl, -1, request, nullptr); }) == EPERM);
}

TEST_CASE("seccomp filter: a harmless ioctl reaches the kernel", "[seccomp][live]") {
  CHECK(error_of([] { return ::syscall(SYS_ioctl, -1, FIONREAD, nullptr); }) == EBADF);
}

TEST_CASE("seccomp filter: the kernel refuses a socket family", "[seccomp][live]") {
  CHECK(error_of([] { return ::socket(AF_INET, SOCK_STREAM, 0); }) == EAFNOSUPPORT);
}

TEST_CASE("seccomp filter: the kernel opens a socket with loopback", "[seccomp][live]") {
  CHECK(error_of([] { return ::socket(AF_INET, SOCK_STREAM, 0); }, {.loopback = true}) == 0);
}

TEST_CASE("seccomp filter: an ignored flush succeeds", "[seccomp][live]") {
  CHECK(error_of([] { return ::syscall(SYS_syncfs, -1); }) == 0);
}

#ifdef __x86_64__
TEST_CASE("seccomp filter: the kernel kills an x32 call", "[seccomp][live]") {
  const int status = status_of([] { return ::syscall(SYS_getpid | 0x40000000); });
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGSYS);
}

TEST_CASE("seccomp filter: the kernel kills a 32-bit call", "[seccomp][live]") {
  const int status = status_of([] {
    long result = 20; // getpid of the 32-bit table
    asm volatile("int $0x80" : "+a"(result) : : "memory");
    return result;
  });
  REQUIRE(WIFSIGNALED(status));
  CHECK((WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV)); // no 32-bit entry: SIGSEGV
}
#endif
