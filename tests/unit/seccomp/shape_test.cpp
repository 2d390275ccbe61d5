// SPDX-License-Identifier: Apache-2.0
//
// What loading and running the filter costs: the kernel compiles every instruction for each program
// started, and walks a path for each call.
#include "seccomp/filter.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

using sandbox::seccomp::compile_filter;
using sandbox::seccomp::FilterOptions;

namespace {

/// Instructions on the longest way to an answer. Jumps only go forward.
std::size_t longest_path(const std::vector<sock_filter>& program) {
  std::vector<std::size_t> from(program.size(), 1);
  for (std::size_t at = program.size(); at-- > 0;) {
    const sock_filter& step = program[at];
    const std::size_t next = at + 1;
    if (step.code == (BPF_JMP | BPF_JA)) {
      from[at] += from.at(next + step.k);
    } else if (BPF_CLASS(step.code) == BPF_JMP) {
      from[at] += std::max(from.at(next + step.jt), from.at(next + step.jf));
    } else if (BPF_CLASS(step.code) != BPF_RET) {
      from[at] += from.at(next);
    }
  }
  return from.front();
}

} // namespace

TEST_CASE("seccomp filter: is short", "[seccomp]") {
  CHECK(compile_filter({}).size() <= 250);
  CHECK(compile_filter({.loopback = true, .shared_uid = true}).size() <= 400);
}

TEST_CASE("seccomp filter: is shallow", "[seccomp]") {
  CHECK(longest_path(compile_filter({})) <= 32);
}

TEST_CASE("seccomp filter: the protocols of loopback are the only long way", "[seccomp]") {
  CHECK(longest_path(compile_filter({.loopback = true, .shared_uid = true})) <= 100);
}
