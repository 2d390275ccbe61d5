// SPDX-License-Identifier: Apache-2.0
#include "job.hpp"

#include "base64.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace worker {
namespace {

using Json = nlohmann::ordered_json;

constexpr int schema = 1;
constexpr std::size_t max_id = 128;
constexpr std::size_t max_language = 128;
constexpr int max_depth = 32;
/// Each takes the parser tens of bytes, the payload but two.
constexpr std::size_t max_values = 100'000;
constexpr std::array known_keys{"schema",    "id",       "language", "code",        "files",
                                "input",     "args",     "env",      "tests",       "limits",
                                "artifacts", "priority", "callback", "live_output", "meta"};

[[noreturn]] void refuse(std::string_view where, std::string_view what) {
  throw JobError(fmt::format("{}: {}", where, what));
}

template <std::size_t Size>
void check_keys(const Json& object, const std::array<const char*, Size>& known,
                std::string_view where) {
  if (!object.is_object()) {
    refuse(where, "must be an object");
  }
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      refuse(where, fmt::format("unknown key \"{}\"; known: {}", key, fmt::join(known, ", ")));
    }
  }
}

/// A text, or {"base64": "..."} for bytes that are not one.
std::string bytes(const Json& value, std::string_view where) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  if (value.is_object() && value.size() == 1 && value.contains("base64") &&
      value["base64"].is_string()) {
    if (auto decoded = from_base64(value["base64"].get_ref<const std::string&>())) {
      return *std::move(decoded);
    }
    refuse(where, "is not base64");
  }
  refuse(where, "must be a text, or an object with the one key \"base64\"");
}

std::string text(const Json& value, std::string_view where) {
  if (!value.is_string()) {
    refuse(where, "must be a text");
  }
  return value.get<std::string>();
}

std::string optional_bytes(const Json& object, const char* key) {
  return object.contains(key) ? bytes(object[key], key) : std::string();
}

std::vector<std::string> texts(const Json& object, const char* key) {
  std::vector<std::string> list;
  if (!object.contains(key)) {
    return list;
  }
  if (!object[key].is_array()) {
    refuse(key, "must be a list of texts");
  }
  for (const Json& each : object[key]) {
    list.push_back(text(each, key));
  }
  return list;
}

std::vector<std::pair<std::string, std::string>> text_map(const Json& object, const char* key) {
  std::vector<std::pair<std::string, std::string>> map;
  if (!object.contains(key)) {
    return map;
  }
  if (!object[key].is_object()) {
    refuse(key, "must be an object of texts");
  }
  for (const auto& [name, value] : object[key].items()) {
    map.emplace_back(name, text(value, fmt::format("{}.{}", key, name)));
  }
  return map;
}

/// Clients count their jobs: a whole number is taken for its decimal text.
std::string id_of(const Json& object) {
  if (!object.contains("id")) {
    refuse("id", "is missing");
  }
  const Json& value = object["id"];
  std::string id = value.is_number_integer() ? value.dump() : text(value, "id");
  if (!is_job_id(id)) {
    refuse("id", "must be 1 to 128 of A-Z a-z 0-9 . _ : -");
  }
  return id;
}

std::vector<sandbox::SourceFile> files_of(const Json& object) {
  std::vector<sandbox::SourceFile> files;
  if (object.contains("code") == object.contains("files")) {
    refuse("code", "one of \"code\" and \"files\" must be there");
  }
  if (object.contains("code")) {
    files.push_back({"", bytes(object["code"], "code")});
    return files;
  }
  if (!object["files"].is_array() || object["files"].empty()) {
    refuse("files", "must be a list of at least one file");
  }
  for (const Json& each : object["files"]) {
    check_keys(each, std::array{"path", "content"}, "files");
    if (!each.contains("content")) {
      refuse("files", "a file has no \"content\"");
    }
    files.push_back({each.contains("path") ? text(each["path"], "files.path") : std::string(),
                     bytes(each["content"], "files.content")});
  }
  return files;
}

std::vector<Test> tests_of(const Json& object) {
  std::vector<Test> tests;
  if (!object.contains("tests")) {
    return tests;
  }
  if (!object["tests"].is_array() || object["tests"].empty()) {
    refuse("tests", "must be a list of at least one test");
  }
  if (object.contains("input") || object.contains("args")) {
    refuse("tests", "each has its own \"input\" and \"args\"; the job has none beside them");
  }
  for (const Json& each : object["tests"]) {
    check_keys(each, std::array{"name", "input", "args"}, "tests");
    Test test{each.contains("name") ? text(each["name"], "tests.name")
                                    : std::to_string(tests.size() + 1),
              optional_bytes(each, "input"), texts(each, "args")};
    tests.push_back(std::move(test));
  }
  return tests;
}

bool flag(const Json& object, const char* key) {
  if (!object.contains(key)) {
    return false;
  }
  if (!object[key].is_boolean()) {
    refuse(key, "must be true or false");
  }
  return object[key].get<bool>();
}

std::string word(const Json& object, const char* key) {
  if (!object.contains(key)) {
    return {};
  }
  std::string value = text(object[key], key);
  if (!is_job_id(value)) {
    refuse(key, "must be 1 to 128 of A-Z a-z 0-9 . _ : -");
  }
  return value;
}

void check_schema(const Json& object) {
  if (object.contains("schema") && object["schema"] != Json(schema)) {
    refuse("schema", fmt::format("this worker knows {}", schema));
  }
}

} // namespace

Json parse_payload(std::string_view payload) {
  bool too_deep = false;
  std::size_t values = 0;
  const auto watch = [&](int at, Json::parse_event_t, Json&) {
    too_deep = too_deep || at > max_depth;
    return !too_deep && ++values <= max_values;
  };
  try {
    Json parsed = Json::parse(payload, watch);
    if (too_deep) {
      refuse("payload", fmt::format("is nested deeper than {}", max_depth));
    }
    if (values > max_values) {
      refuse("payload", fmt::format("has more than {} keys and values", max_values));
    }
    return parsed;
  } catch (const Json::exception& error) {
    // Its text quotes the payload, which is anybody's bytes.
    refuse("payload", fmt::format("is not JSON (error {})", error.id));
  }
}

bool is_job_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= max_id &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == ':' || c == '-';
         });
}

Job parse_job(std::string_view payload) {
  const Json object = parse_payload(payload);
  if (!object.is_object()) {
    refuse("payload", "must be an object");
  }
  check_schema(object); // first: a later version may have keys of its own
  check_keys(object, known_keys, "payload");
  Job job;
  job.id = id_of(object);
  job.language = object.contains("language") ? text(object["language"], "language") : std::string();
  if (job.language.empty()) {
    refuse("language", "is missing");
  }
  if (job.language.size() > max_language) {
    refuse("language", fmt::format("must be of at most {} bytes", max_language));
  }
  job.files = files_of(object);
  job.tests = tests_of(object);
  job.input = optional_bytes(object, "input");
  job.args = texts(object, "args");
  job.env = text_map(object, "env");
  job.limits = text_map(object, "limits");
  job.artifacts = texts(object, "artifacts");
  job.priority = word(object, "priority");
  job.callback = word(object, "callback");
  job.live_output = flag(object, "live_output");
  job.meta = object.value("meta", Json());
  return job;
}

} // namespace worker
