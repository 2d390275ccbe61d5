// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace worker {

/// The id that a job's payload names, for queues whose server cannot read it; "" when it names none
/// that can be meant. Builds no document: the payload is anybody's.
std::string id_in_payload(std::string_view payload);

} // namespace worker
