// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "outcome.hpp"

#include <cstdint>

namespace sandbox::init {

/// mount(2) of a file system without a source, which the filter that holds for init lets pass by
/// the token.
Outcome mount_by_token(const char* type, const char* target, unsigned long flags,
                       const char* options, std::uint64_t token) noexcept;

/// Fails while the file system is in use.
Outcome unmount_by_token(const char* target, std::uint64_t token) noexcept;

} // namespace sandbox::init
