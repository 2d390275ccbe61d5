// SPDX-License-Identifier: Apache-2.0
#include <sandbox/result.hpp>

#include <fmt/format.h>

#include <cstring>

namespace sandbox {

std::string_view to_string(Verdict verdict) noexcept {
  switch (verdict) {
  case Verdict::ok:
    return "ok";
  case Verdict::nonzero_exit:
    return "nonzero_exit";
  case Verdict::signaled:
    return "signaled";
  case Verdict::cpu_time_limit:
    return "cpu_time_limit";
  case Verdict::wall_time_limit:
    return "wall_time_limit";
  case Verdict::memory_limit:
    return "memory_limit";
  case Verdict::output_limit:
    return "output_limit";
  case Verdict::disallowed_syscall:
    return "disallowed_syscall";
  case Verdict::cancelled:
    return "cancelled";
  }
  return "unknown";
}

std::string describe(const Result& result) {
  const auto limit = [&](std::string_view name) {
    return fmt::format("{} limit of {} reached ({}, from {})", name, result.evidence.value,
                       result.evidence.observed, result.evidence.counter);
  };
  switch (result.verdict) {
  case Verdict::ok:
    return "ok";
  case Verdict::nonzero_exit:
    return fmt::format("exit status {}", result.exit_code.value_or(-1));
  case Verdict::signaled: {
    const int signal = result.signal.value_or(0);
    const char* name = ::sigabbrev_np(signal);
    const char* text = ::sigdescr_np(signal);
    return fmt::format("killed by signal SIG{} ({})",
                       name != nullptr ? name : fmt::to_string(signal),
                       text != nullptr ? text : "unknown signal");
  }
  case Verdict::cpu_time_limit:
    return limit("CPU time");
  case Verdict::wall_time_limit:
    return limit("wall time");
  case Verdict::memory_limit:
    return limit("memory");
  case Verdict::output_limit:
    return limit("output");
  case Verdict::disallowed_syscall:
    return "killed by the system call filter";
  case Verdict::cancelled:
    return "cancelled";
  }
  return "unknown";
}

} // namespace sandbox
