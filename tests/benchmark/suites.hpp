// SPDX-License-Identifier: Apache-2.0
//
// What is measured, a subject each.
#pragma once

#include "table.hpp"

#include <string>

namespace benchmark {

struct Settings {
  int runs{300};
  int slow_runs{15};
  int engine_runs{40}; // each takes the engine a tenth of a second
  double seconds{2};
  std::string image{"debian:bookworm-slim"};
};

void measure_native(const Settings& settings, Table& table);

/// Warm boxes beside cold ones, by hand and with sandbox::Pool; native.
void measure_pool(const Settings& settings, Table& table);

/// Says why in one line when there is nothing to measure.
void measure_docker(const Settings& settings, Table& table);

} // namespace benchmark
