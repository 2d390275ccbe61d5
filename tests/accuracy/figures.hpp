// SPDX-License-Identifier: Apache-2.0
//
// Whether what is reported is what was used.
#pragma once

#include "accuracy/bench.hpp"

namespace accuracy {

/// Each kind of program `repeats` times; prints a line for each kind. Returns how many runs were
/// off by more than is promised.
int check_cpu(const Bench& bench, int repeats);
int check_memory(const Bench& bench, int repeats);

/// So many runs a little below each limit, and as many a little above. Returns how many had a wrong
/// verdict.
int check_verdicts(const Bench& bench, int runs);

} // namespace accuracy
