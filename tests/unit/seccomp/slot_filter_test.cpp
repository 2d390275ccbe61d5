// SPDX-License-Identifier: Apache-2.0
//
// What a slot loads differs from a program's filter in a token and a watch, and in nothing else.
#include "seccomp/filter.hpp"
#include "seccomp/policy.hpp"
#include "unit/seccomp/arguments.hpp"
#include "unit/seccomp/bpf.hpp"

#include <catch2/catch.hpp>
#include <seccomp.h>

#include <linux/sched.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <vector>

using sandbox::seccomp::Action;
using sandbox::seccomp::allow;
using sandbox::seccomp::compile_filter;
using sandbox::seccomp::fail;
using sandbox::seccomp::FilterOptions;

namespace {

Action evaluate(long number, std::initializer_list<std::uint64_t> arguments = {},
                const FilterOptions& options = {}) {
  seccomp_data data{static_cast<int>(number), seccomp_arch_native(), 0, {}};
  std::copy(arguments.begin(), arguments.end(), data.args);
  const auto program = compile_filter(options);
  return sandbox::test::BpfMachine(program, data).run();
}

} // namespace

TEST_CASE("seccomp filter: whoever shows the token mounts, clones and traces, nobody else",
          "[seccomp]") {
  constexpr std::uint64_t token = 0x89abcdef01234567;
  const FilterOptions options{.token = token};
  for (const long number : {SYS_mount, SYS_umount2, SYS_clone3, SYS_ptrace}) {
    const Action refused = evaluate(number);
    CHECK(refused != allow);
    CHECK(evaluate(number, {0, 0, 0, 0, 0, token}, options) == allow);
    CHECK(evaluate(number, {0, 0, 0, 0, token, 0}, options) == refused);
    CHECK(evaluate(number, {}, options) == refused);
    for (unsigned bit = 0; bit < 64; ++bit) {
      CHECK(evaluate(number, {0, 0, 0, 0, 0, token ^ std::uint64_t{1} << bit}, options) == refused);
    }
  }
}

TEST_CASE("seccomp filter: the token is good for another IPC namespace, and for no other kind",
          "[seccomp]") {
  constexpr std::uint64_t token = 0x89abcdef01234567;
  const FilterOptions options{.token = token};
  CHECK(evaluate(SYS_unshare, {CLONE_NEWIPC, 0, 0, 0, 0, token}, options) == allow);
  CHECK(evaluate(SYS_unshare, {CLONE_NEWIPC}, options) == fail(EPERM));
  CHECK(evaluate(SYS_unshare, {CLONE_NEWUSER, 0, 0, 0, 0, token}, options) == fail(EPERM));
  CHECK(evaluate(SYS_unshare, {CLONE_NEWIPC | CLONE_NEWUSER, 0, 0, 0, 0, token}, options) ==
        fail(EPERM));
}

TEST_CASE("seccomp filter: the token changes no other answer", "[seccomp]") {
  constexpr std::uint64_t token = 0x89abcdef01234567;
  const auto without = compile_filter({});
  const auto with = compile_filter({.token = token});
  std::vector<int> changed;
  for (int number = 0; number < 1024; ++number) {
    for (auto arguments : sandbox::test::interesting_arguments()) {
      seccomp_data data{number, seccomp_arch_native(), 0, {}};
      if (number != SYS_mount && number != SYS_umount2 && number != SYS_unshare &&
          number != SYS_clone3 && number != SYS_ptrace) {
        arguments[5] = token;
      }
      std::copy(arguments.begin(), arguments.end(), data.args);
      if (sandbox::test::BpfMachine(with, data).run() !=
          sandbox::test::BpfMachine(without, data).run()) {
        changed.push_back(number);
      }
    }
  }
  CHECK(changed.empty());
}

TEST_CASE("seccomp filter: a watch is told of what makes the first IPC object, and of nothing else",
          "[seccomp]") {
  const auto without = compile_filter({});
  const auto with = compile_filter({.watches_ipc = true});
  const std::set<long> told{SYS_shmget, SYS_semget, SYS_msgget, SYS_mq_open};
  for (int number = 0; number < 1024; ++number) {
    for (const auto& arguments : sandbox::test::interesting_arguments()) {
      seccomp_data data{number, seccomp_arch_native(), 0, {}};
      std::copy(arguments.begin(), arguments.end(), data.args);
      const Action before = sandbox::test::BpfMachine(without, data).run();
      const bool waits = told.contains(number) && before == allow;
      INFO(number);
      REQUIRE(sandbox::test::BpfMachine(with, data).run() ==
              (waits ? SECCOMP_RET_USER_NOTIF : before));
    }
  }
}
