// SPDX-License-Identifier: Apache-2.0
//
// sandboxrun's exit statuses, after the habits of GNU timeout and docker.
#pragma once

#include <sandbox/report.hpp>

namespace sandbox::cli {

inline constexpr int compile_error_status = 1;
inline constexpr int time_limit_status = 124;
inline constexpr int own_error_status = 125;
inline constexpr int memory_limit_status = 137;
inline constexpr int broken_pipe_status = 141;
inline constexpr int output_limit_status = 153;
inline constexpr int signal_base_status = 128;

/// The program's own status, 128+n for signal n, or the limit's. `cancel_signal` is the signal that
/// made us cancel.
int exit_status(const Report& report, int cancel_signal);

} // namespace sandbox::cli
