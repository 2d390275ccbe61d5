// SPDX-License-Identifier: Apache-2.0
#include "seccomp/policy.hpp"

#include <fcntl.h>
#include <linux/btrfs.h>
#include <linux/prctl.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <string_view>
#include <utility>

namespace sandbox::seccomp {
namespace {

constexpr std::uint32_t whole = 0xffffffff;
constexpr std::uint32_t init_pid = 1;
// <linux/ioprio.h> of Linux 6.1.192 names a parameter "class".
constexpr std::uint32_t ioprio_who_user = 3;

Check is(std::uint32_t argument, std::uint32_t value) {
  return {argument, whole, value};
}

CallRule signal_rule(const char* call, std::uint32_t argument) {
  // SIGSYS is the mark of this filter's own kill: no program may put it on another.
  return {call, {{{is(argument, SIGSYS)}, fail(EPERM)}}, allow};
}

std::vector<CallRule> signal_rules(bool shared_uid) {
  std::vector<CallRule> rules = {signal_rule("kill", 1), signal_rule("tkill", 1),
                                 signal_rule("tgkill", 2), signal_rule("rt_sigqueueinfo", 1),
                                 signal_rule("rt_tgsigqueueinfo", 2)};
  CallRule by_descriptor = signal_rule("pidfd_send_signal", 1);
  if (shared_uid) {
    for (CallRule& rule : rules) {
      rule.clauses.push_back({{is(0, init_pid)}, fail(EPERM)});
    }
    // Whose descriptor it is cannot be seen; this is the only signal that init does not ignore.
    by_descriptor.clauses.push_back({{is(1, SIGCHLD)}, fail(EPERM)});
  }
  rules.push_back(std::move(by_descriptor));
  return rules;
}

CallRule node_rule(const char* call, std::uint32_t argument) {
  return {
      call,
      {{{{argument, S_IFMT, S_IFCHR}}, fail(EPERM)}, {{{argument, S_IFMT, S_IFBLK}}, fail(EPERM)}},
      allow};
}

CallRule clone_rule() {
  constexpr std::uint32_t namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                                       CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;
  return {"clone", {{{{0, namespaces, 0}}, allow}}, fail(EPERM)};
}

CallRule ioctl_rule() {
  // The first three act on a terminal that the caller may share with its parent. For the others, on
  // any socket, the kernel loads a module into the host before it asks who wants it, two requests a
  // module; the answer is that of a kernel without it.
  constexpr std::uint32_t linux_console = 0x541C; // TIOCLINUX, which the C library hides
  constexpr std::uint32_t pair = whole & ~std::uint32_t{1};
  // btrfs flushes the whole file system for whoever may read a file of it; like sync, it is not
  // done.
  return {"ioctl",
          {{{is(1, TIOCSTI)}, fail(EPERM)},
           {{is(1, linux_console)}, fail(EPERM)},
           {{is(1, TIOCSETD)}, fail(EPERM)},
           {{{1, pair, SIOCGIFBR}}, fail(ENOPKG)},
           {{{1, pair, SIOCGIFVLAN}}, fail(ENOPKG)},
           {{{1, pair, SIOCBRADDBR}}, fail(ENOPKG)},
           {{is(1, BTRFS_IOC_SYNC)}, fail(0)},
           {{is(1, BTRFS_IOC_START_SYNC)}, fail(0)}},
          allow};
}

CallRule personality_rule() {
  // The second value only asks; all others weaken address space randomization or change the ABI.
  return {"personality", {{{is(0, 0)}, allow}, {{is(0, whole)}, allow}}, fail(EPERM)};
}

CallRule scheduler_rule() {
  constexpr std::uint32_t policy = whole & ~std::uint32_t{SCHED_RESET_ON_FORK};
  return {"sched_setscheduler",
          {{{{1, policy, SCHED_NORMAL}}, allow},
           {{{1, policy, SCHED_BATCH}}, allow},
           {{{1, policy, SCHED_IDLE}}, allow}},
          fail(EPERM)};
}

CallRule seccomp_rule() {
  // A program may confine itself further, but a listener could answer calls in another's stead.
  constexpr std::uint32_t listener = SECCOMP_FILTER_FLAG_NEW_LISTENER;
  return {"seccomp", {{{{1, listener, listener}}, fail(EPERM)}}, allow};
}

CallRule prctl_rule() {
  // A core scheduling cookie keeps every other box off the sibling hyperthread, and merged pages
  // tell by their timing what other boxes hold. The answer is that of a kernel without them.
  constexpr std::uint32_t set_memory_merge = 67; // PR_SET_MEMORY_MERGE, of Linux 6.4
  return {"prctl",
          {{{is(0, PR_SCHED_CORE)}, fail(EINVAL)}, {{is(0, set_memory_merge)}, fail(EINVAL)}},
          allow};
}

CallRule madvise_rule() {
  // What is paged out of a file that all boxes map is paged out for all of them.
  return {"madvise",
          {{{is(2, MADV_MERGEABLE)}, fail(EINVAL)}, {{is(2, MADV_PAGEOUT)}, fail(EINVAL)}},
          allow};
}

CallRule fcntl_rule() {
  // Directories of the host are in the box too: a notice would tell what others open in them, and a
  // lease would keep the other boxes waiting for a file that all show. The answer is that of a
  // kernel without dnotify, and of a file system without leases.
  constexpr std::uint32_t set_delegation = 1040; // F_SETDELEG, a lease on a directory
  return {"fcntl",
          {{{is(1, F_NOTIFY)}, fail(EINVAL)},
           {{is(1, F_SETLEASE)}, fail(EINVAL)},
           {{is(1, set_delegation)}, fail(EINVAL)}},
          allow};
}

/// The page cache of the root's files is the host's and of all boxes: dropped by one, all the
/// others wait for the disk.
CallRule advice_rule() {
  return {"fadvise64", {{{is(3, POSIX_FADV_DONTNEED)}, fail(0)}}, allow};
}

/// The code of a socket's filter comes out of a store of the whole host that no limit on memory
/// counts; when it is used up no box can load its own filter. The other kinds want a descriptor of
/// bpf(2), which nobody here has.
CallRule socket_option_rule() {
  return {"setsockopt",
          {{{is(1, SOL_SOCKET), is(2, SO_ATTACH_FILTER)}, fail(EPERM)},
           {{is(1, SOL_SOCKET), is(2, SO_ATTACH_REUSEPORT_CBPF)}, fail(EPERM)}},
          allow};
}

/// How much CPU time init has used, for which the kernel asks no permission: with one init for box
/// after box that would tell what the others had it do. A clock is named by the complement of its
/// process and three bits (include/linux/posix-timers.h); the answer is that for no such process.
std::vector<CallRule> clock_rules() {
  constexpr std::uint32_t process = whole & ~std::uint32_t{7};
  const Clause init_clock{{{0, process, ~init_pid << 3U}}, fail(EINVAL)};
  std::vector<CallRule> rules;
  for (const char* call : {"clock_gettime", "clock_getres", "clock_nanosleep", "timer_create"}) {
    rules.push_back({call, {init_clock}, allow});
  }
  return rules;
}

/// Huge pages come from a pool of the whole host, which no limit on memory counts.
std::vector<CallRule> huge_page_rules() {
  const auto refuse = [](const char* call, std::uint32_t argument, std::uint32_t flag, int error) {
    return CallRule{call, {{{{argument, flag, flag}}, fail(error)}}, allow};
  };
  // The answer of an empty pool. An empty pool still gives a file, and fails when it is mapped, so
  // that memfd_create answers as a kernel without the flag.
  return {refuse("mmap", 3, MAP_HUGETLB, ENOMEM), refuse("shmget", 2, SHM_HUGETLB, ENOMEM),
          refuse("memfd_create", 1, MFD_HUGETLB, EINVAL)};
}

/// Where init has the program's uid, a different one is not there to keep the program from slowing
/// init down or cutting its limits.
std::vector<CallRule> init_rules() {
  const Clause init_first{{is(0, init_pid)}, fail(EPERM)};
  const Clause init_second{{is(1, init_pid)}, fail(EPERM)};
  CallRule scheduler = scheduler_rule();
  scheduler.clauses.insert(scheduler.clauses.begin(), init_first);
  return {scheduler,
          {"sched_setattr", {init_first}, allow},
          {"sched_setparam", {init_first}, allow},
          {"sched_setaffinity", {init_first}, allow},
          {"setpriority", {init_second, {{is(0, PRIO_USER)}, fail(EPERM)}}, allow},
          {"ioprio_set", {init_second, {{is(0, ioprio_who_user)}, fail(EPERM)}}, allow},
          {"prlimit64", {{{is(0, 0)}, allow}}, fail(EPERM)}};
}

void allow_internet(CallRule& rule, std::uint32_t family) {
  constexpr std::uint32_t type = 0xf; // the rest is SOCK_CLOEXEC and SOCK_NONBLOCK
  for (const std::uint32_t protocol : {IPPROTO_IP, IPPROTO_TCP}) {
    rule.clauses.push_back({{is(0, family), {1, type, SOCK_STREAM}, is(2, protocol)}, allow});
  }
  for (const std::uint32_t protocol : {IPPROTO_IP, IPPROTO_UDP}) {
    rule.clauses.push_back({{is(0, family), {1, type, SOCK_DGRAM}, is(2, protocol)}, allow});
  }
  rule.clauses.push_back({{is(0, family)}, fail(EPROTONOSUPPORT)});
}

CallRule socket_rule(bool loopback) {
  // Not even the netlink that lists interfaces: it answers into memory that no limit counts.
  CallRule rule{"socket", {{{is(0, AF_UNIX)}, allow}}, fail(EAFNOSUPPORT)};
  if (loopback) {
    allow_internet(rule, AF_INET);
    allow_internet(rule, AF_INET6);
  }
  return rule;
}

/// The calls of slot and init that no program may make. None reads a sixth argument.
std::vector<CallRule> token_rules(std::uint64_t token) {
  constexpr std::uint32_t unread = 5;
  const Clause shown{{{unread, whole, static_cast<std::uint32_t>(token),
                       static_cast<std::uint32_t>(token >> 32U)}},
                     allow};
  Clause renews_ipc = shown;
  renews_ipc.all.push_back(is(0, CLONE_NEWIPC));
  return {{"mount", {shown}, fail(EPERM)},
          {"umount2", {shown}, fail(EPERM)},
          {"ptrace", {shown}, fail(EPERM)},
          {"unshare", {renews_ipc}, fail(EPERM)},
          {"clone3", {shown}, default_action}};
}

/// Without one of these there is no object in the namespace, and no number has been given out.
void watch_ipc(std::vector<CallRule>& rules) {
  for (const char* call : {"shmget", "semget", "msgget", "mq_open"}) {
    const auto rule = std::find_if(rules.begin(), rules.end(), [call](const CallRule& each) {
      return std::string_view(each.call) == call;
    });
    if (rule != rules.end()) {
      rule->otherwise = notify;
    } else {
      rules.push_back({call, {}, notify});
    }
  }
}

} // namespace

std::vector<CallRule> call_rules(const FilterOptions& options) {
  std::vector<CallRule> rules = {clone_rule(),
                                 ioctl_rule(),
                                 personality_rule(),
                                 seccomp_rule(),
                                 prctl_rule(),
                                 madvise_rule(),
                                 fcntl_rule(),
                                 advice_rule(),
                                 socket_option_rule(),
                                 socket_rule(options.loopback),
                                 {"socketpair", {{{is(0, AF_UNIX)}, allow}}, fail(EAFNOSUPPORT)},
                                 node_rule("mknod", 1),
                                 node_rule("mknodat", 2)};
  const auto add = [&rules](const std::vector<CallRule>& more) {
    rules.insert(rules.end(), more.begin(), more.end());
  };
  add(clock_rules());
  add(huge_page_rules());
  add(signal_rules(options.shared_uid));
  add(options.shared_uid ? init_rules() : std::vector{scheduler_rule()});
  if (options.token != 0) {
    add(token_rules(options.token));
  }
  if (options.watches_ipc) {
    watch_ipc(rules);
  }
  return rules;
}

} // namespace sandbox::seccomp
