// SPDX-License-Identifier: Apache-2.0
//
// What became of a program, decided from what was seen. Pure: the same observation gives the same
// decision.
#pragma once

#include "wire/messages.hpp"

#include <sandbox/limits.hpp>
#include <sandbox/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace sandbox::monitor {

struct Observation {
  int wait_status{0};                // of the main process, as waitpid(2) gives it
  wire::Stop stop{wire::Stop::none}; // the first that init or the supervisor acted on
  bool killed_by_us{false};          // the main process lived when we killed it
  std::chrono::nanoseconds wall_time{0};
  std::chrono::nanoseconds cpu_time{0};
  std::uint64_t oom_kills{0};             // the kernel's count for this stage
  bool oom_counted{false};                // the host has such a counter
  std::uint64_t standard_output_bytes{0}; // written, as far as read
  std::uint64_t standard_error_bytes{0};
  std::string memory_counter; // where figures come from: "memory.oom_control oom_kill"
  std::string cpu_counter;
};

struct Decision {
  Verdict verdict{Verdict::ok};
  std::optional<int> exit_code;
  std::optional<int> signal;
  Evidence evidence;
};

/// The first that holds, in this order:
///  1. the kernel counted an out-of-memory kill: memory_limit. The kernel acts before anybody else
///  can notice.
///  2. a stop was acted on while the main process lived: that limit, or cancelled.
///  3. more CPU time was used than allowed, though the program ended before anybody acted:
///  cpu_time_limit. CPU time is
///     exact, so over is over; wall time is not the program's alone, so there its own end stands.
///  4. a stream went beyond its limit: output_limit.
///  5. it died of SIGSYS: disallowed_syscall. A program can do that to itself by a timer's signal;
///  that worsens its own verdict alone.
///  6. its own end: signaled, nonzero_exit or ok.
Decision decide(const Observation& seen, const Limits& limits);

} // namespace sandbox::monitor
