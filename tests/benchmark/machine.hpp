// SPDX-License-Identifier: Apache-2.0
//
// What figures depend on.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace benchmark {

/// Kernel, processor, cores, memory, version of the control groups.
nlohmann::ordered_json describe_machine();

/// What the processors did since the host started, in ticks.
struct ProcessorTime {
  double all{0};
  double stolen{0}; // wanted, and given to others by a hypervisor
};
ProcessorTime processor_time();

} // namespace benchmark
