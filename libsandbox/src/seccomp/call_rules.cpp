// SPDX-License-Identifier: Apache-2.0
#include "seccomp/policy.hpp"

#include <linux/sched.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <csignal>

namespace sandbox::seccomp {
namespace {

constexpr std::uint32_t whole = 0xffffffff;

Check is(std::uint32_t argument, std::uint32_t value) {
  return {argument, whole, value};
}

CallRule signal_rule(const char* call, std::uint32_t argument) {
  // SIGSYS is the mark of this filter's own kill: no program may put it on another.
  return {call, {{{is(argument, SIGSYS)}, fail(EPERM)}}, allow};
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
  // Each of the three acts on a terminal that the caller may share with its parent.
  constexpr std::uint32_t linux_console = 0x541C; // TIOCLINUX, which the C library hides
  return {"ioctl",
          {{{is(1, TIOCSTI)}, fail(EPERM)},
           {{is(1, linux_console)}, fail(EPERM)},
           {{is(1, TIOCSETD)}, fail(EPERM)}},
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

CallRule prlimit_rule(bool shared_uid) {
  if (!shared_uid) {
    return {"prlimit64", {}, allow};
  }
  // The uid is all that would keep the program from setting the limits of init.
  return {"prlimit64", {{{is(0, 0)}, allow}}, fail(EPERM)};
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
  // The netlink protocol 0 is what the listing of network interfaces uses.
  CallRule rule{"socket",
                {{{is(0, AF_UNIX)}, allow}, {{is(0, AF_NETLINK), is(2, 0)}, allow}},
                fail(EAFNOSUPPORT)};
  if (loopback) {
    allow_internet(rule, AF_INET);
    allow_internet(rule, AF_INET6);
  }
  return rule;
}

} // namespace

std::vector<CallRule> call_rules(const FilterOptions& options) {
  return {clone_rule(),
          ioctl_rule(),
          personality_rule(),
          scheduler_rule(),
          seccomp_rule(),
          prlimit_rule(options.shared_uid),
          socket_rule(options.loopback),
          {"socketpair", {{{is(0, AF_UNIX)}, allow}}, fail(EAFNOSUPPORT)},
          node_rule("mknod", 1),
          node_rule("mknodat", 2),
          signal_rule("kill", 1),
          signal_rule("tkill", 1),
          signal_rule("tgkill", 2),
          signal_rule("rt_sigqueueinfo", 1),
          signal_rule("rt_tgsigqueueinfo", 2),
          signal_rule("pidfd_send_signal", 1)};
}

} // namespace sandbox::seccomp
