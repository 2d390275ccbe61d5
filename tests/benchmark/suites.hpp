// SPDX-License-Identifier: Apache-2.0
//
// What is measured, a subject each.
#pragma once

#include "table.hpp"

#include <sandbox/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace benchmark {

struct Settings {
  int runs{300};
  int slow_runs{10};
  int peer_runs{30};   // of peers: some take a tenth of a second
  int engine_runs{40}; // each takes the engine a tenth of a second
  int submissions{20'000};
  std::size_t waiting_boxes{240}; // at most; a backend has 256
  double seconds{1};
  std::size_t large_application_mib{2048};
  std::uint64_t stream_bytes{sandbox::GiB};
  std::string image{"debian:bookworm-slim"};
};

/// Launch latency beside the peers'.
void measure_native(const Settings& settings, Table& table);

/// Warm boxes beside cold ones, by hand and with sandbox::Pool; native.
void measure_pool(const Settings& settings, Table& table);

/// Runs a second by 1 to 64 callers, and whether each gets its share; native.
void measure_callers(const Settings& settings, Table& table);

/// A large output through a box and through a pipe; native.
void measure_output(const Settings& settings, Table& table);

/// How cost grows with bytes of output, files, boxes that wait, and submissions; native.
void measure_scaling(const Settings& settings, Table& table);

/// A C program from the compile cache and without it; native. Says so when there is no gcc.
void measure_cache(const Settings& settings, Table& table);

/// Says why in one line when there is nothing to measure.
void measure_docker(const Settings& settings, Table& table);
/// So many boxes used cold and as many warm, in turn, for somebody who watches.
void use_native_boxes(int count);
void use_docker_boxes(const Settings& settings, int count);

} // namespace benchmark
