// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace worker {

/// The beginning of a text, whole characters of it.
std::string beginning(const std::string& text, std::size_t max_bytes);

/// Of what quotes a client: as much as a person reads.
constexpr std::size_t max_message_bytes = 1024;

} // namespace worker
