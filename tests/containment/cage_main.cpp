// SPDX-License-Identifier: Apache-2.0
//
// cage [OPTIONS] ATTACK [ARGUMENTS]: runs an attack without the sandbox, as root with all
// capabilities, so that it can be seen to succeed; and yet bounds it, so that the machine survives.
//   --seconds N      killed after this time, 0.5 say (15); the status is then 124
//   --user N         as this user, without capabilities
//   --host-network   in the network of the host
//   --share DIR      DIR of the host is /shared, writable
//   --terminal       with a terminal of its own as standard input and controlling terminal
// What is written goes to an overlay; processes and memory are bounded by a control group; the exit
// status is the attack's, 128 + N after signal N, 125 when the cage could not be made.
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <pty.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

namespace {

constexpr int cannot = 125;
constexpr int late = 124;

struct Options {
  double seconds{15};
  unsigned user{0};
  bool host_network{false};
  bool terminal{false};
  std::string share{};
  char** attack{nullptr};
};

[[noreturn]] void give_up(const char* step) {
  std::fprintf(stderr, "cage: %s: %s\n", step, std::strerror(errno));
  ::_exit(cannot);
}

void must(long result, const char* step) {
  if (result < 0) {
    give_up(step);
  }
}

bool write_file(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const bool written =
      file >= 0 && ::write(file, text.data(), text.size()) == static_cast<long>(text.size());
  ::close(file);
  return written;
}

/// Control groups that hold the attack whatever it does.
class Bounds {
 public:
  Bounds() {
    const std::string name = "/sandbox-cage-" + std::to_string(::getpid());
    if (::access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0) {
      write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory +pids");
      make("/sys/fs/cgroup" + name, {{"memory.max", "2147483648"}, {"pids.max", "2048"}});
    } else {
      make("/sys/fs/cgroup/memory" + name, {{"memory.limit_in_bytes", "2147483648"}});
      make("/sys/fs/cgroup/pids" + name, {{"pids.max", "2048"}});
    }
  }
  Bounds(const Bounds&) = delete;
  Bounds& operator=(const Bounds&) = delete;
  /// The last of the attack may be a moment in dying.
  ~Bounds() {
    const timespec moment{0, 20'000'000};
    for (const std::string& group : groups_) {
      for (int i = 0; i < 250 && ::rmdir(group.c_str()) != 0; ++i) {
        ::nanosleep(&moment, nullptr);
      }
    }
  }
  void enter() const {
    for (const std::string& group : groups_) {
      must(write_file(group + "/cgroup.procs", "0") ? 0 : -1, "join control group");
    }
  }

 private:
  void make(const std::string& group,
            const std::vector<std::pair<std::string, std::string>>& limits) {
    // One of that name was left by a cage that was killed: process ids come again.
    must(::mkdir(group.c_str(), 0755) == 0 || errno == EEXIST ? 0 : -1, group.c_str());
    groups_.push_back(group);
    for (const auto& [file, value] : limits) {
      must(write_file(group + "/" + file, value) ? 0 : -1, file.c_str());
    }
  }
  std::vector<std::string> groups_;
};

/// The host's files; what is written stays in memory.
void enter_files(const Options& options) {
  must(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "private mounts");
  const int attack = ::open(options.attack[0], O_RDONLY | O_CLOEXEC);
  must(attack, options.attack[0]);
  const int share =
      options.share.empty()
          ? -1
          : static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, options.share.c_str(), 1U));
  must(::mount("cage", "/mnt", "tmpfs", 0, "mode=0755"), "tmpfs");
  for (const char* part : {"/mnt/upper", "/mnt/work", "/mnt/root"}) {
    must(::mkdir(part, 0755), part);
  }
  must(::mount("cage", "/mnt/root", "overlay", 0,
               "lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work"),
       "overlay");
  must(::chdir("/mnt/root"), "chdir");
  for (const char* part : {"box", "shared", "old"}) {
    ::mkdir(part, 0755);
  }
  must(::mount("proc", "proc", "proc", 0, nullptr), "proc");
  ::mount("sysfs", "sys", "sysfs", MS_RDONLY, nullptr);
  must(::mount("cage", "dev", "tmpfs", MS_NOSUID, "mode=0755"), "dev");
  must(::mount("cage", "tmp", "tmpfs", 0, "mode=1777"), "tmp");
  must(::mount("cage", "box", "tmpfs", 0, "mode=1777"), "box");
  if (share >= 0) {
    must(::syscall(SYS_move_mount, share, "", AT_FDCWD, "shared", 4U), "share");
  }
  must(::syscall(SYS_pivot_root, ".", "old"), "pivot_root");
  must(::umount2("/old", MNT_DETACH), "umount");
  must(::chdir("/box"), "chdir");
  const int copy = ::open("/box/attack", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
  char bytes[65536];
  for (long size = 0; (size = ::read(attack, bytes, sizeof bytes)) > 0;) {
    must(::write(copy, bytes, static_cast<std::size_t>(size)), "copy of the attack");
  }
  ::close(copy);
}

void make_devices() {
  ::umask(0);
  const struct {
    const char* path;
    unsigned minor;
  } devices[] = {{"/dev/null", 3},   {"/dev/zero", 5},    {"/dev/full", 7},
                 {"/dev/random", 8}, {"/dev/urandom", 9}, {"/dev/kmsg", 11}};
  for (const auto& device : devices) {
    must(::mknod(device.path, S_IFCHR | 0666, makedev(1, device.minor)), device.path);
  }
  ::mknod("/dev/tty", S_IFCHR | 0666, makedev(5, 0));
  ::mkdir("/dev/pts", 0755);
  ::mount("devpts", "/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=0620");
  [[maybe_unused]] const int linked = ::symlink("pts/ptmx", "/dev/ptmx");
  ::mkdir("/dev/shm", 01777);
  ::mkdir("/dev/mqueue", 0777);
  ::mount("mqueue", "/dev/mqueue", "mqueue", 0, nullptr);
  ::umask(022);
}

void bring_loopback_up() {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  ::ioctl(socket, SIOCSIFFLAGS, &request);
  ::close(socket);
}

void take_terminal() {
  int ours = -1;
  int theirs = -1;
  must(::openpty(&ours, &theirs, nullptr, nullptr, nullptr), "openpty");
  must(::ioctl(theirs, TIOCSCTTY, 0), "TIOCSCTTY");
  must(::dup2(theirs, 0), "dup2");
}

/// Somebody else in the cage, whom an attack may harm.
void start_bystander() {
  if (::fork() == 0) {
    ::prctl(PR_SET_NAME, "bystander", 0, 0, 0);
    for (;;) {
      ::pause();
    }
  }
}

[[noreturn]] void run_attack(const Options& options) {
  ::setsid();
  if (options.terminal) {
    take_terminal();
  }
  if (options.user != 0) {
    must(::setgroups(0, nullptr), "setgroups");
    must(::setresgid(options.user, options.user, options.user), "setresgid");
    must(::setresuid(options.user, options.user, options.user), "setresuid");
  }
  std::string name = "./attack";
  options.attack[0] = name.data();
  ::execv("/box/attack", options.attack);
  give_up("exec");
}

/// Process 1 of the cage: everything else in it ends with it.
[[noreturn]] void keep(const Options& options) {
  enter_files(options);
  make_devices();
  if (!options.host_network) {
    bring_loopback_up();
  }
  must(::sethostname("cage", 4), "sethostname");
  start_bystander();
  const pid_t attack = ::fork();
  must(attack, "fork");
  if (attack == 0) {
    run_attack(options);
  }
  int status = 0;
  while (::wait(&status) != attack) {
  }
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int watch(const Options& options) {
  const Bounds bounds;
  const pid_t keeper = ::fork();
  must(keeper, "fork");
  if (keeper == 0) {
    bounds.enter();
    must(::unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS |
                   (options.host_network ? 0 : CLONE_NEWNET)),
         "unshare");
    const pid_t first = ::fork();
    must(first, "fork");
    if (first == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
      keep(options);
    }
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, nullptr);
    const auto whole = static_cast<time_t>(options.seconds);
    const timespec limit{whole,
                         static_cast<long>((options.seconds - static_cast<double>(whole)) * 1e9)};
    int status = late << 8;
    if (::waitpid(first, &status, WNOHANG) != first) {
      ::sigtimedwait(&child, nullptr, &limit);
      if (::waitpid(first, &status, WNOHANG) != first) {
        ::kill(first, SIGKILL);
        ::waitpid(first, nullptr, 0);
        status = late << 8;
      }
    }
    ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  }
  int status = 0;
  ::waitpid(keeper, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : cannot;
}

bool parse(int argc, char** argv, Options& options) {
  int i = 1;
  for (; i < argc && std::strncmp(argv[i], "--", 2) == 0; ++i) {
    const std::string option = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--host-network") {
      options.host_network = true;
    } else if (option == "--terminal") {
      options.terminal = true;
    } else if (option == "--seconds") {
      options.seconds = std::strtod(value, nullptr);
      ++i;
    } else if (option == "--user") {
      options.user = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
      ++i;
    } else if (option == "--share") {
      options.share = value;
      ++i;
    } else {
      return false;
    }
  }
  options.attack = argv + i;
  return i < argc;
}

} // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fputs("usage: cage [OPTIONS] ATTACK [ARGUMENTS]\n", stderr);
    return 2;
  }
  return watch(options);
}
