// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "outcome.hpp"

#include <cstdint>

namespace sandbox::init {

/// mount(2) of a file system without a source, which the filter that holds for init lets pass by
/// the token.
Outcome mount_by_token(const char* type, const char* target, unsigned long flags,
                       const char* options, std::uint64_t token) noexcept;

/// A file system from one place to another.
Outcome move_by_token(const char* from, const char* to, std::uint64_t token) noexcept;

/// Fails while anything of the file system is in use: an open file, one on its way in a socket, a
/// working directory. Between two such calls the path must have been looked at.
Outcome be_unused(const char* target, std::uint64_t token) noexcept;

/// Takes the file system away, and all that is mounted on it.
Outcome detach_by_token(const char* target, std::uint64_t token) noexcept;

} // namespace sandbox::init
