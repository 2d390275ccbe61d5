// SPDX-License-Identifier: Apache-2.0
//
// What figures depend on.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace benchmark {

/// Kernel, processor, cores, memory, version of the control groups.
nlohmann::ordered_json describe_machine();

} // namespace benchmark
