// SPDX-License-Identifier: Apache-2.0
#include "self_test.hpp"

#include "printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sandbox::cli {
namespace {

constexpr std::size_t shown_bytes = 400;

std::string shown(const std::string& text) {
  return printable(text, shown_bytes);
}

std::string verdict_name(const Report& report) {
  return report.compile_failed() && report.last().result.verdict == Verdict::nonzero_exit
             ? "compile_error"
             : std::string(to_string(report.last().result.verdict));
}

/// A self-test of something else than time must not end by it on a slow or busy host.
Limits patient(Limits limits, int times_cpu_time) {
  constexpr int wall_for_cpu_time = 10;
  if (limits.cpu_time < unlimited_time / (times_cpu_time * wall_for_cpu_time)) {
    limits.cpu_time *= times_cpu_time;
    limits.wall_time = std::max(wall_time(limits), wall_for_cpu_time * limits.cpu_time);
  }
  return limits;
}

RunOptions patient(RunOptions options, const Recipe& recipe, const SelfTest& test) {
  constexpr int slow_host = 5;
  if (test.expected_verdict != to_string(Verdict::wall_time_limit)) {
    const bool ends_by_cpu_time = test.expected_verdict == to_string(Verdict::cpu_time_limit);
    options.run_limits =
        patient(options.run_limits.value_or(recipe.run.limits), ends_by_cpu_time ? 1 : slow_host);
  }
  if (recipe.compile) {
    options.compile_limits =
        patient(options.compile_limits.value_or(recipe.compile->limits), slow_host);
  }
  return options;
}

} // namespace

std::string run_self_test(const Sandbox& sandbox, const Recipe& recipe, const SelfTest& test,
                          const RunOptions& options) {
  Submission submission;
  submission.files.push_back({"", test.source});
  for (const auto& [name, bytes] : test.files) {
    submission.files.push_back({name, bytes});
  }
  submission.args = test.args;
  submission.input = BytesInput{test.input};
  const Report report = sandbox.run(recipe, submission, patient(options, recipe, test));
  const StageReport& last = report.last();
  if (const std::string verdict = verdict_name(report); verdict != test.expected_verdict) {
    return fmt::format("verdict {} instead of {}: {}; stdout \"{}\", stderr \"{}\"", verdict,
                       test.expected_verdict, describe(last.result),
                       shown(last.standard_output.bytes()), shown(last.standard_error.bytes()));
  }
  if (test.expected_exit_code && last.result.exit_code != test.expected_exit_code) {
    return fmt::format("exit code {} instead of {}", last.result.exit_code.value_or(-1),
                       *test.expected_exit_code);
  }
  if (test.expected_output && last.standard_output.bytes() != *test.expected_output) {
    return fmt::format("output \"{}\" instead of \"{}\"; stderr \"{}\"",
                       shown(last.standard_output.bytes()), shown(*test.expected_output),
                       shown(last.standard_error.bytes()));
  }
  return {};
}

} // namespace sandbox::cli
