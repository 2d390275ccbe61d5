// SPDX-License-Identifier: Apache-2.0
//
// What a box mounts for itself, over the tree of its launcher.
#pragma once

#include "outcome.hpp"
#include "wire/launch.hpp"

#include <cstdint>

namespace sandbox::init {

Outcome mount_proc(std::uint64_t token) noexcept;

/// /box, empty.
Outcome mount_box(const wire::Launch& launch, std::uint64_t token) noexcept;

/// /tmp, empty.
Outcome mount_scratch(const wire::Launch& launch, std::uint64_t token) noexcept;

/// Gives /box and /tmp, which are empty, other sizes.
Outcome resize_files(const wire::Launch& launch, std::uint64_t token) noexcept;

} // namespace sandbox::init
