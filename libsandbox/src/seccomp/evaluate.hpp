// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seccomp/policy.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <span>

namespace sandbox::seccomp {

/// What a filter answers to a call. Knows the instructions that libseccomp emits for rules without
/// arguments; throws Error(setup_failed) for any other and for a jump out of the program.
Action evaluate(std::span<const sock_filter> program, const seccomp_data& call);

} // namespace sandbox::seccomp
