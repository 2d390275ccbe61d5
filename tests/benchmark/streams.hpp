// SPDX-License-Identifier: Apache-2.0
//
// Programs that write more than anybody wants to keep.
#pragma once

#include "samples.hpp"

#include <sandbox/backend.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace benchmark {

/// The writer into a pipe, read by this process.
Contender piped_stream(std::uint64_t bytes);
/// The writer in a box, its output counted as it comes; the box is opened, and the writer put into
/// it, before the clock starts.
Contender boxed_stream(sandbox::Backend& backend, sandbox::Environment environment,
                       std::uint64_t bytes);

/// `bytes` against the default output limit, and what it made of this process.
struct Flood {
  double milliseconds{0};
  double grown_kib{0}; // peak resident memory during the run, beyond what there was before
};
Flood flood(sandbox::Backend& backend, const sandbox::Environment& environment,
            std::uint64_t bytes);

} // namespace benchmark
