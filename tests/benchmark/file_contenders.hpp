// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "samples.hpp"

#include <sandbox/backend.hpp>

namespace benchmark {

/// So many small files written to a folder in memory, the no-op run, the folder removed.
Contender written_files(int count);
/// The same in a box: opened, the files put into it, the no-op run, closed.
Contender boxed_files(sandbox::Backend& backend, int count);

} // namespace benchmark
