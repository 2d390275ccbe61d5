// SPDX-License-Identifier: Apache-2.0
//
// What a process holds.
#pragma once

#include <cstddef>
#include <string>

namespace common {

/// Of this process, or of the one with this pid.
std::size_t resident_bytes(const std::string& process = "self");

} // namespace common
