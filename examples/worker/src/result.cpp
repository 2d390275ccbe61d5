// SPDX-License-Identifier: Apache-2.0
#include "result.hpp"

#include "text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace worker {
namespace {

using Json = nlohmann::ordered_json;

Json head_of(const Job& job, const Circumstances& circumstances, const char* status) {
  const Delivery& delivery = circumstances.delivery;
  Json json{{"schema", 1},
            {"id", job.id},
            {"status", status},
            {"language", job.language},
            {"attempt", delivery.attempt},
            {"worker", circumstances.worker},
            {"queue", delivery.queue},
            {"queue_wait_ms", delivery.waited.count()},
            {"run_ms", circumstances.ran.count()}};
  if (!job.meta.is_null()) {
    json["meta"] = job.meta;
  }
  return json;
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The first test that did not end ok decides.
const sandbox::Report& deciding(const std::vector<TestReport>& reports) {
  const auto failed = std::find_if(reports.begin(), reports.end(),
                                   [](const auto& each) { return !each.report.ok(); });
  return failed == reports.end() ? reports.back().report : failed->report;
}

/// Without its closing brace.
std::string open_head(const Job& job, const Circumstances& circumstances,
                      const std::vector<TestReport>& reports) {
  const sandbox::Report& decides = deciding(reports);
  Json head = head_of(job, circumstances, "done");
  head["verdict"] = to_string(decides.last().result.verdict);
  head["compile_failed"] = decides.compile_failed();
  std::string text = text_of(head);
  text.pop_back();
  return text;
}

/// The library's own text is put in as it is rather than parsed again.
std::string assemble(const std::string& head, const Job& job,
                     const std::vector<TestReport>& reports) {
  if (job.tests.empty()) {
    return fmt::format("{},\"report\":{}}}", head, to_json(reports.front().report, false));
  }
  std::string text = head + ",\"tests\":[";
  for (std::size_t i = 0; i < reports.size(); ++i) {
    text += fmt::format("{}{{\"name\":{},\"report\":{}}}", i == 0 ? "" : ",",
                        text_of(reports[i].name), to_json(reports[i].report, false));
  }
  return text + "]}";
}

void drop_artifacts(sandbox::Report& report, std::uint64_t max_bytes) {
  for (sandbox::Artifact& each : report.artifacts) {
    report.skipped_artifacts.push_back(
        {std::move(each.path), fmt::format("the result would be larger than {} bytes", max_bytes)});
  }
  report.artifacts.clear();
}

/// `total_bytes` stays, so the stream says that it is truncated. Cut between characters, so that
/// what was a text stays one.
void cut(sandbox::CapturedOutput::Kept& kept, std::uint64_t max_bytes) {
  kept.head = beginning(kept.head, max_bytes);
  kept.tail.clear();
}

void shrink(sandbox::Report& report) {
  for (sandbox::StageReport& stage : report.stages) {
    cut(stage.standard_output, stage.standard_output.head.size() / 2);
    cut(stage.standard_error, stage.standard_error.head.size() / 2);
  }
}

} // namespace

std::string done_result(const Job& job, const Circumstances& circumstances,
                        std::vector<TestReport> reports, std::uint64_t max_bytes) {
  const std::string head = open_head(job, circumstances, reports);
  std::string text = assemble(head, job, reports);
  if (text.size() <= max_bytes) {
    return text;
  }
  for (TestReport& each : reports) {
    drop_artifacts(each.report, max_bytes);
  }
  // Output of control bytes takes six bytes for each: what is halved so often is gone.
  constexpr int enough = 32;
  for (int i = 0; i < enough && (text = assemble(head, job, reports)).size() > max_bytes; ++i) {
    for (TestReport& each : reports) {
      shrink(each.report);
    }
  }
  if (text.size() <= max_bytes) {
    return text;
  }
  throw Refusal("result_too_large",
                fmt::format("without any output it is still larger than {} bytes", max_bytes));
}

void bound(sandbox::Report& report, std::uint64_t max_bytes) {
  std::uint64_t left = max_bytes;
  for (auto stage = report.stages.rbegin(); stage != report.stages.rend(); ++stage) {
    for (auto* const kept : {&stage->standard_output, &stage->standard_error}) {
      if (kept->head.size() + kept->tail.size() > left) {
        cut(*kept, left);
      }
      left -= kept->head.size() + kept->tail.size();
    }
  }
  constexpr std::size_t most_skipped = 64;
  if (report.skipped_artifacts.size() > most_skipped) {
    const std::size_t more = report.skipped_artifacts.size() - most_skipped;
    report.skipped_artifacts.resize(most_skipped);
    report.skipped_artifacts.back().reason += fmt::format("; {} more are not listed", more);
  }
}

std::string verdict_of(const std::vector<TestReport>& reports) {
  const sandbox::Report& decides = deciding(reports);
  return decides.compile_failed() ? "compile_failed"
                                  : std::string(to_string(decides.last().result.verdict));
}

std::string refused_result(const Job& job, const Circumstances& circumstances,
                           const Refusal& refusal, std::uint64_t max_bytes) {
  Json json = head_of(job, circumstances, "refused");
  json["error"] = {{"code", refusal.code()}, {"message", refusal.what()}};
  std::string text = text_of(json);
  if (text.size() > max_bytes) {
    json.erase("meta");
    text = text_of(json);
  }
  return text;
}

} // namespace worker
