// SPDX-License-Identifier: Apache-2.0
#include "text/encoding.hpp"
#include "text/json_writer.hpp"

#include <sandbox/report.hpp>

#include <nlohmann/json.hpp>

namespace sandbox {
namespace {

using text::JsonWriter;

/// Text where the bytes are UTF-8; else an object that says how they are written.
void bytes(JsonWriter& json, std::string_view name, std::string_view value) {
  json.key(name);
  if (text::is_utf8(value)) {
    json.value(value);
    return;
  }
  json.begin_object();
  json.member("base64", text::to_base64(value));
  json.end_object();
}

template <class Value>
void optional(JsonWriter& json, std::string_view name, const std::optional<Value>& value) {
  json.key(name);
  if (value) {
    json.value(*value);
  } else {
    json.value(nullptr);
  }
}

void optional_ns(JsonWriter& json, std::string_view name,
                 const std::optional<std::chrono::nanoseconds>& value) {
  optional(json, name, value ? std::optional(value->count()) : std::nullopt);
}

/// An object for each, whose members `write` writes.
template <class Items, class Write>
void array(JsonWriter& json, std::string_view name, const Items& items, Write write) {
  json.key(name);
  json.begin_array();
  for (const auto& item : items) {
    json.begin_object();
    write(item);
    json.end_object();
  }
  json.end_array();
}

void stream(JsonWriter& json, std::string_view name, const StreamUsage& usage,
            const CapturedOutput::Kept& kept) {
  const std::uint64_t kept_bytes = kept.head.size() + kept.tail.size();
  json.key(name);
  json.begin_object();
  json.member("total_bytes", usage.total_bytes);
  json.member("kept_bytes", kept_bytes);
  json.member("truncated", usage.total_bytes > kept_bytes);
  bytes(json, "head", kept.head);
  if (!kept.tail.empty()) {
    bytes(json, "tail", kept.tail);
  }
  json.end_object();
}

void evidence(JsonWriter& json, const Evidence& value) {
  json.key("evidence");
  json.begin_object();
  json.member("limit", value.limit);
  json.member("value", value.value);
  json.member("observed", value.observed);
  json.member("counter", value.counter);
  json.member("killer", value.killer);
  json.end_object();
}

void usage(JsonWriter& json, const Usage& value) {
  json.key("usage");
  json.begin_object();
  json.member("wall_time_ns", value.wall_time.count());
  json.member("cpu_time_ns", value.cpu_time.count());
  optional_ns(json, "cpu_user_ns", value.cpu_user);
  optional_ns(json, "cpu_system_ns", value.cpu_system);
  optional(json, "memory_peak_bytes", value.memory_peak_bytes);
  json.member("max_rss_bytes", value.max_rss_bytes);
  optional(json, "processes_peak", value.processes_peak);
  json.member("voluntary_switches", value.voluntary_switches);
  json.member("involuntary_switches", value.involuntary_switches);
  json.member("disk_used_bytes", value.disk_used_bytes);
  json.member("scratch_used_bytes", value.scratch_used_bytes);
  json.end_object();
}

/// Names of the program's files may stand in the detail.
void cache(JsonWriter& json, const CacheUse& value) {
  json.key("cache");
  if (value.outcome == CacheUse::Outcome::off) {
    json.value(nullptr);
    return;
  }
  json.begin_object();
  json.member("outcome", to_string(value.outcome));
  json.member("stored", value.stored);
  bytes(json, "detail", value.detail);
  json.end_object();
}

void stage(JsonWriter& json, const StageReport& value) {
  const Result& result = value.result;
  json.member("stage", to_string(value.stage));
  json.member("verdict", to_string(result.verdict));
  optional(json, "exit_code", result.exit_code);
  optional(json, "signal", result.signal);
  json.member("description", describe(result));
  evidence(json, result.evidence);
  usage(json, result.usage);
  stream(json, "stdout", result.usage.standard_output, value.standard_output);
  stream(json, "stderr", result.usage.standard_error, value.standard_error);
  json.member("leftover_processes", result.leftover_processes);
  json.member("interpreter_ahead", result.interpreter_ahead);
  json.member("backend", result.backend);
  cache(json, value.cache);
  array(json, "touched", result.touched, [&](const Touched& touched) {
    json.member("limit", touched.limit);
    json.member("times", touched.times);
  });
  array(json, "guarantees", result.guarantees, [&](const Guarantee& guarantee) {
    json.member("name", guarantee.name);
    json.member("in_force", guarantee.in_force);
    json.member("detail", guarantee.detail);
  });
}

} // namespace

// Every text of the program's goes through bytes(); the rest is replaced rather than thrown at.
std::string to_json(const Report& report, bool pretty) {
  JsonWriter json;
  json.begin_object();
  json.member("schema", 1);
  json.member("language", report.language);
  json.key("verdict");
  if (report.stages.empty()) {
    json.value(nullptr);
  } else {
    json.value(to_string(report.last().result.verdict));
  }
  json.member("compile_failed", report.compile_failed());
  array(json, "stages", report.stages, [&](const StageReport& each) { stage(json, each); });
  array(json, "artifacts", report.artifacts, [&](const Artifact& artifact) {
    bytes(json, "path", artifact.path);
    json.member("size_bytes", artifact.bytes.size());
    json.member("executable", artifact.executable);
    bytes(json, "content", artifact.bytes);
  });
  array(json, "skipped_artifacts", report.skipped_artifacts, [&](const SkippedArtifact& skipped) {
    bytes(json, "path", skipped.path);
    json.member("reason", skipped.reason);
  });
  json.end_object();
  return pretty ? nlohmann::ordered_json::parse(json.text()).dump(2) : json.text();
}

} // namespace sandbox
