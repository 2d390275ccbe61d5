// SPDX-License-Identifier: Apache-2.0
#include "text/encoding.hpp"

#include <sandbox/report.hpp>

#include <nlohmann/json.hpp>

namespace sandbox {
namespace {

using Json = nlohmann::ordered_json;

/// Text where the bytes are UTF-8; else an object that says how they are written.
Json bytes(std::string_view value) {
  if (text::is_utf8(value)) {
    return std::string(value);
  }
  return Json{{"base64", text::to_base64(value)}};
}

template <class Value>
Json optional(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json optional_ns(const std::optional<std::chrono::nanoseconds>& value) {
  return value ? Json(value->count()) : Json(nullptr);
}

Json stream(const StreamUsage& usage, const CapturedOutput::Kept& kept) {
  const std::uint64_t kept_bytes = kept.head.size() + kept.tail.size();
  Json json{{"total_bytes", usage.total_bytes},
            {"kept_bytes", kept_bytes},
            {"truncated", usage.total_bytes > kept_bytes}};
  json["head"] = bytes(kept.head);
  if (!kept.tail.empty()) {
    json["tail"] = bytes(kept.tail);
  }
  return json;
}

Json evidence(const Evidence& value) {
  return {{"limit", value.limit},
          {"value", value.value},
          {"observed", value.observed},
          {"counter", value.counter},
          {"killer", value.killer}};
}

Json usage(const Usage& value) {
  return {{"wall_time_ns", value.wall_time.count()},
          {"cpu_time_ns", value.cpu_time.count()},
          {"cpu_user_ns", optional_ns(value.cpu_user)},
          {"cpu_system_ns", optional_ns(value.cpu_system)},
          {"memory_peak_bytes", optional(value.memory_peak_bytes)},
          {"max_rss_bytes", value.max_rss_bytes},
          {"processes_peak", optional(value.processes_peak)},
          {"voluntary_switches", value.voluntary_switches},
          {"involuntary_switches", value.involuntary_switches},
          {"disk_used_bytes", value.disk_used_bytes},
          {"scratch_used_bytes", value.scratch_used_bytes}};
}

/// Names of the program's files may stand in the detail.
Json cache(const CacheUse& value) {
  if (value.outcome == CacheUse::Outcome::off) {
    return nullptr;
  }
  return {{"outcome", to_string(value.outcome)},
          {"stored", value.stored},
          {"detail", bytes(value.detail)}};
}

Json stage(const StageReport& value) {
  const Result& result = value.result;
  Json json{{"stage", to_string(value.stage)},
            {"verdict", to_string(result.verdict)},
            {"exit_code", optional(result.exit_code)},
            {"signal", optional(result.signal)},
            {"description", describe(result)},
            {"evidence", evidence(result.evidence)},
            {"usage", usage(result.usage)},
            {"stdout", stream(result.usage.standard_output, value.standard_output)},
            {"stderr", stream(result.usage.standard_error, value.standard_error)},
            {"leftover_processes", result.leftover_processes},
            {"interpreter_ahead", result.interpreter_ahead},
            {"backend", result.backend},
            {"cache", cache(value.cache)}};
  json["touched"] = Json::array();
  for (const Touched& touched : result.touched) {
    json["touched"].push_back({{"limit", touched.limit}, {"times", touched.times}});
  }
  json["guarantees"] = Json::array();
  for (const Guarantee& guarantee : result.guarantees) {
    json["guarantees"].push_back(
        {{"name", guarantee.name}, {"in_force", guarantee.in_force}, {"detail", guarantee.detail}});
  }
  return json;
}

} // namespace

std::string to_json(const Report& report, bool pretty) {
  Json json{{"schema", 1}, {"language", report.language}};
  json["verdict"] =
      report.stages.empty() ? Json(nullptr) : Json(to_string(report.last().result.verdict));
  json["compile_failed"] = report.compile_failed();
  json["stages"] = Json::array();
  for (const StageReport& each : report.stages) {
    json["stages"].push_back(stage(each));
  }
  json["artifacts"] = Json::array();
  for (const Artifact& artifact : report.artifacts) {
    json["artifacts"].push_back({{"path", bytes(artifact.path)},
                                 {"size_bytes", artifact.bytes.size()},
                                 {"executable", artifact.executable},
                                 {"content", bytes(artifact.bytes)}});
  }
  json["skipped_artifacts"] = Json::array();
  for (const SkippedArtifact& skipped : report.skipped_artifacts) {
    json["skipped_artifacts"].push_back(
        {{"path", bytes(skipped.path)}, {"reason", skipped.reason}});
  }
  // Every text of the program's went through bytes(); the rest is replaced rather than thrown at.
  return json.dump(pretty ? 2 : -1, ' ', false, Json::error_handler_t::replace);
}

} // namespace sandbox
