// SPDX-License-Identifier: Apache-2.0
//
// The part of the filter that looks at arguments. libseccomp cannot say "all but this value" of a
// masked argument, nor one error for a call's other values beside a different default.
#pragma once

#include "seccomp/policy.hpp"

#include <linux/filter.h>

#include <cstdint>
#include <vector>

namespace sandbox::seccomp {

struct NumberedRule {
  std::uint32_t number;
  CallRule rule;
};

/// Instructions that return for each call of `rules` made for `architecture` (AUDIT_ARCH_*), and
/// for all else run off their end: the program to go on with must be put right behind them.
std::vector<sock_filter> compile_prologue(std::uint32_t architecture,
                                          std::vector<NumberedRule> rules);

} // namespace sandbox::seccomp
