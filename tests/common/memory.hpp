// SPDX-License-Identifier: Apache-2.0
//
// What the test program itself holds.
#pragma once

#include <cstddef>

namespace common {

std::size_t resident_bytes();

} // namespace common
