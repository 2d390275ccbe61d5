// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "outcome.hpp"

#include <linux/filter.h>

#include <string_view>

namespace sandbox::init {

/// `bytes` are BPF instructions, and outlive what is returned.
sock_fprog filter_program(std::string_view bytes) noexcept;

/// Puts the caller, and all that it starts, under a filter for good. Fails for an empty one.
Outcome load_filter(const sock_fprog& filter) noexcept;

/// The same; `listener` is where the kernel tells of calls that the filter has wait.
Outcome load_watching_filter(const sock_fprog& filter, int& listener) noexcept;

} // namespace sandbox::init
