// SPDX-License-Identifier: Apache-2.0
//
// What a client gets. schemas/result.schema.json is the same for other programs.
#pragma once

#include "admission.hpp"
#include "job.hpp"
#include "queue.hpp"

#include <sandbox/report.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace worker {

/// Who ran it, and when.
struct Circumstances {
  std::string worker{};
  const Delivery& delivery;
  std::chrono::milliseconds ran{0};
};

struct TestReport {
  std::string name{};
  sandbox::Report report{};
};

/// The result of a job without tests: exactly one report, whose test has no name; else one for each
/// test that ran. What makes it larger than `max_bytes` is left out: artifacts first, then output,
/// and the report says so in its own terms.
std::string done_result(const Job& job, const Circumstances& circumstances,
                        std::vector<TestReport> reports, std::uint64_t max_bytes);

/// Cuts what a report keeps of output to `max_bytes`, what the program wrote before what compiling
/// it did, and of a list of skipped artifacts keeps the beginning: a job may have many reports.
void bound(sandbox::Report& report, std::uint64_t max_bytes);

/// Of the test that decides, as people count it: "ok", "compile_failed", "memory_limit".
std::string verdict_of(const std::vector<TestReport>& reports);

/// Without what the client gave along where that would make it larger than `max_bytes`.
std::string refused_result(const Job& job, const Circumstances& circumstances,
                           const Refusal& refusal, std::uint64_t max_bytes);

} // namespace worker
