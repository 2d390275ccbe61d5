// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace sandbox::os {

/// How many descriptors of ours travel with one message.
inline constexpr std::size_t max_descriptors = 24;

} // namespace sandbox::os
