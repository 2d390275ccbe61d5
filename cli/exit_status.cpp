// SPDX-License-Identifier: Apache-2.0
#include "exit_status.hpp"

#include <csignal>

namespace sandbox::cli {

int exit_status(const Report& report, int cancel_signal) {
  const Result& result = report.last().result;
  if (report.compile_failed() && result.verdict == Verdict::nonzero_exit) {
    return compile_error_status;
  }
  switch (result.verdict) {
  case Verdict::ok:
    return 0;
  case Verdict::nonzero_exit:
    return result.exit_code.value_or(own_error_status);
  case Verdict::signaled:
  case Verdict::disallowed_syscall:
    return signal_base_status + result.signal.value_or(0);
  case Verdict::cpu_time_limit:
  case Verdict::wall_time_limit:
    return time_limit_status;
  case Verdict::memory_limit:
    return memory_limit_status;
  case Verdict::output_limit:
    return output_limit_status;
  case Verdict::cancelled:
    return signal_base_status + (cancel_signal != 0 ? cancel_signal : SIGINT);
  }
  return own_error_status;
}

} // namespace sandbox::cli
