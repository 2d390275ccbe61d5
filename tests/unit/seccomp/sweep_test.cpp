// SPDX-License-Identifier: Apache-2.0
//
// What must hold for every call there is, whatever its arguments.
#include "seccomp/filter.hpp"
#include "unit/seccomp/arguments.hpp"
#include "unit/seccomp/bpf.hpp"

#include <catch2/catch.hpp>
#include <seccomp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

using sandbox::seccomp::compile_filter;
using sandbox::seccomp::FilterOptions;
using sandbox::test::Arguments;
using sandbox::test::BpfMachine;

namespace {

constexpr std::uint32_t beyond_all_calls = 600;
constexpr std::uint32_t x32_bit = 0x40000000;
constexpr std::uint32_t enosys = SECCOMP_RET_ERRNO | 38;

const FilterOptions all_options[] = {
    {}, {.loopback = true}, {.shared_uid = true}, {.loopback = true, .shared_uid = true}};

std::uint32_t answer(const std::vector<sock_filter>& program, std::uint32_t architecture,
                     std::uint32_t number, const Arguments& arguments) {
  seccomp_data call{};
  call.arch = architecture;
  call.nr = static_cast<int>(number);
  std::copy(arguments.begin(), arguments.end(), call.args);
  return BpfMachine(program, call).run();
}

/// The numbers whose answer is not `expected` for some arguments.
std::vector<std::uint32_t> exceptions(std::uint32_t architecture,
                                      const std::vector<std::uint32_t>& numbers,
                                      std::uint32_t expected) {
  const auto tries = sandbox::test::interesting_arguments();
  std::vector<std::uint32_t> found;
  for (const FilterOptions& options : all_options) {
    const auto program = compile_filter(options);
    for (const std::uint32_t number : numbers) {
      if (std::any_of(tries.begin(), tries.end(), [&](const Arguments& arguments) {
            return answer(program, architecture, number, arguments) != expected;
          })) {
        found.push_back(number);
      }
    }
  }
  return found;
}

std::vector<std::uint32_t> numbers_from(std::uint32_t first) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t number = 0; number < beyond_all_calls; ++number) {
    numbers.push_back(first + number);
  }
  return numbers;
}

Arguments with_high_bits(Arguments arguments, std::uint64_t bits) {
  for (std::uint64_t& argument : arguments) {
    argument |= bits;
  }
  return arguments;
}

} // namespace

TEST_CASE("seccomp filter: every call of a foreign architecture is killed", "[seccomp]") {
  const std::vector<std::uint32_t> architectures = {
      SCMP_ARCH_X86, SCMP_ARCH_X86_64, SCMP_ARCH_ARM, SCMP_ARCH_AARCH64, 0, 0xffffffff};
  for (const std::uint32_t architecture : architectures) {
    if (architecture != seccomp_arch_native()) {
      INFO(architecture);
      CHECK(exceptions(architecture, numbers_from(0), SECCOMP_RET_KILL_PROCESS).empty());
    }
  }
}

#ifdef __x86_64__
TEST_CASE("seccomp filter: every x32 call is killed", "[seccomp]") {
  CHECK(exceptions(SCMP_ARCH_X86_64, numbers_from(x32_bit), SECCOMP_RET_KILL_PROCESS).empty());
  CHECK(exceptions(SCMP_ARCH_X86_64, {0x7fffffff, 0x80000000, 0xfffffffe}, SECCOMP_RET_KILL_PROCESS)
            .empty());
}
#endif

TEST_CASE("seccomp filter: numbers that are no calls are absent", "[seccomp]") {
  CHECK(
      exceptions(seccomp_arch_native(), {599, 1000, 1023, 1024, 1025, 100'000, x32_bit - 1}, enosys)
          .empty());
}

TEST_CASE("seccomp filter: call -1 is absent", "[seccomp]") {
  CHECK(exceptions(seccomp_arch_native(), {0xffffffff}, enosys).empty());
}

TEST_CASE("seccomp filter: the upper half of an argument changes no answer", "[seccomp]") {
  const auto tries = sandbox::test::interesting_arguments();
  std::vector<std::uint32_t> dodged;
  for (const FilterOptions& options : all_options) {
    const auto program = compile_filter(options);
    for (const std::uint32_t number : numbers_from(0)) {
      for (const Arguments& arguments : tries) {
        for (const std::uint64_t bits : {0x100000000ULL, 0xdeadbeef00000000ULL}) {
          if (answer(program, seccomp_arch_native(), number, arguments) !=
              answer(program, seccomp_arch_native(), number, with_high_bits(arguments, bits))) {
            dodged.push_back(number);
          }
        }
      }
    }
  }
  CHECK(dodged.empty());
}

TEST_CASE("seccomp filter: only a foreign call is killed", "[seccomp]") {
  const auto tries = sandbox::test::interesting_arguments();
  std::vector<std::uint32_t> killed;
  for (const FilterOptions& options : all_options) {
    const auto program = compile_filter(options);
    for (const std::uint32_t number : numbers_from(0)) {
      if (std::any_of(tries.begin(), tries.end(), [&](const Arguments& arguments) {
            const std::uint32_t action = answer(program, seccomp_arch_native(), number, arguments);
            return action != SECCOMP_RET_ALLOW &&
                   (action & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO;
          })) {
        killed.push_back(number);
      }
    }
  }
  CHECK(killed.empty());
}
