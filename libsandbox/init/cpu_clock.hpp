// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ctime>

namespace sandbox::init {

std::uint64_t clock_ns(clockid_t clock) noexcept;

/// CPU time of every process of the box that lives, but init: for hosts without a control group
/// that counts it.
std::uint64_t living_cpu_ns() noexcept;

} // namespace sandbox::init
