// SPDX-License-Identifier: Apache-2.0
//
// How much the entries of a folder take, and which go when it is too much. The sum stands in a file
// that is also the lock between processes; it may be too high, after a crash, until everything is
// next counted, which is before anything is removed for want of room.
#pragma once

#include "cache/folder.hpp"

#include <cstdint>

namespace sandbox::cache {

/// Accounts for `bytes` that are about to be written, after removing what has been unused for
/// longest when all were more than `max_bytes`. Throws Error; Error(resource) when another process
/// holds the lock for long.
void make_room(const Folder& folder, std::uint64_t bytes, std::uint64_t max_bytes);

} // namespace sandbox::cache
