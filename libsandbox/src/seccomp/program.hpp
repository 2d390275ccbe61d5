// SPDX-License-Identifier: Apache-2.0
//
// The filter as the kernel gets it. When a filter is loaded the kernel walks it once for every
// number there is, and compiles every instruction: in a container both are paid for each program
// started, so the filter must be short and shallow.
#pragma once

#include "seccomp/policy.hpp"

#include <linux/filter.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace sandbox::seccomp {

/// What holds from a number on, up to the next range's first.
struct Range {
  std::uint32_t first{0};
  Action action{0};
  std::optional<CallRule> rule; // decides by the arguments instead
};

/// A search tree over `ranges`, which begin at 0 and ascend. Calls of another architecture get
/// `foreign`.
std::vector<sock_filter> compile_program(std::uint32_t architecture, Action foreign,
                                         const std::vector<Range>& ranges);

} // namespace sandbox::seccomp
