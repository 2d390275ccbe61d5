// SPDX-License-Identifier: Apache-2.0
#include "monitor/verdict.hpp"

#include <sandbox/units.hpp>

#include <fmt/format.h>

#include <sys/wait.h>

#include <csignal>

namespace sandbox::monitor {
namespace {

Evidence memory_evidence(const Observation& seen, const Limits& limits) {
  return {"memory_bytes", format_size(limits.memory_bytes),
          fmt::format("{} out-of-memory kill{}", seen.oom_kills, seen.oom_kills == 1 ? "" : "s"),
          seen.memory_counter, "kernel"};
}

Evidence cpu_evidence(const Observation& seen, const Limits& limits) {
  return {"cpu_time", format_duration(limits.cpu_time), format_duration(seen.cpu_time),
          seen.cpu_counter, seen.killed_by_us ? "init" : ""};
}

Evidence wall_evidence(const Observation& seen, const Limits& limits) {
  return {"wall_time", format_duration(wall_time(limits)), format_duration(seen.wall_time),
          "CLOCK_MONOTONIC", "init"};
}

Evidence output_evidence(const Observation& seen, const Limits& limits) {
  const bool out = seen.standard_output_bytes > limits.output_bytes;
  const std::uint64_t written = out ? seen.standard_output_bytes : seen.standard_error_bytes;
  return {"output_bytes", format_size(limits.output_bytes),
          fmt::format("at least {} bytes", written), out ? "standard output" : "standard error",
          seen.killed_by_us ? "supervisor" : ""};
}

bool output_over(const Observation& seen, const Limits& limits) {
  return seen.standard_output_bytes > limits.output_bytes ||
         seen.standard_error_bytes > limits.output_bytes;
}

void decide_stop(const Observation& seen, const Limits& limits, Decision& decision) {
  switch (seen.stop) {
  case wire::Stop::none:
    return;
  case wire::Stop::cpu_time:
    decision.verdict = Verdict::cpu_time_limit;
    decision.evidence = cpu_evidence(seen, limits);
    return;
  case wire::Stop::wall_time:
    decision.verdict = Verdict::wall_time_limit;
    decision.evidence = wall_evidence(seen, limits);
    return;
  case wire::Stop::memory:
    decision.verdict = Verdict::memory_limit;
    decision.evidence = memory_evidence(seen, limits);
    return;
  case wire::Stop::output:
    decision.verdict = Verdict::output_limit;
    decision.evidence = output_evidence(seen, limits);
    return;
  case wire::Stop::cancelled:
    decision.verdict = Verdict::cancelled;
    decision.evidence = {"", "", "stop requested by the caller", "", "supervisor"};
    return;
  }
}

void decide_own_end(Decision& decision) {
  if (decision.signal) {
    const bool filter = *decision.signal == SIGSYS;
    decision.verdict = filter ? Verdict::disallowed_syscall : Verdict::signaled;
    decision.evidence = {"", "", fmt::format("signal {}", *decision.signal), "wait status",
                         filter ? "kernel" : ""};
  } else {
    decision.verdict = decision.exit_code.value_or(0) == 0 ? Verdict::ok : Verdict::nonzero_exit;
  }
}

} // namespace

Decision decide(const Observation& seen, const Limits& limits) {
  Decision decision;
  if (WIFEXITED(seen.wait_status)) {
    decision.exit_code = WEXITSTATUS(seen.wait_status);
  } else {
    decision.signal = WTERMSIG(seen.wait_status);
  }
  if (seen.oom_counted && seen.oom_kills > 0) {
    decision.verdict = Verdict::memory_limit;
    decision.evidence = memory_evidence(seen, limits);
  } else if (seen.stop != wire::Stop::none && seen.killed_by_us) {
    decide_stop(seen, limits, decision);
  } else if (limits.cpu_time != unlimited_time && seen.cpu_time > limits.cpu_time) {
    decision.verdict = Verdict::cpu_time_limit;
    decision.evidence = cpu_evidence(seen, limits);
  } else if (output_over(seen, limits)) {
    decision.verdict = Verdict::output_limit;
    decision.evidence = output_evidence(seen, limits);
  } else {
    decide_own_end(decision);
  }
  return decision;
}

} // namespace sandbox::monitor
