// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "queue.hpp"

#include <cstddef>
#include <string>

namespace worker {

/// The log of a burial as a JSON list: its last lines, as many as fit into `max_bytes`.
std::string burial_log(const Burial& burial, std::size_t max_bytes);

} // namespace worker
