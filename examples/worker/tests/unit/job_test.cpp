// SPDX-License-Identifier: Apache-2.0
#include "job.hpp"

#include <catch2/catch.hpp>

#include <string>

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using worker::parse_job;

TEST_CASE("a job of id, language, code and input is enough") {
  const worker::Job job = parse_job(
      R"json({"id": 17, "language": "python", "code": "print(input())", "input": "x"})json");
  CHECK(job.id == "17");
  CHECK(job.language == "python");
  REQUIRE(job.files.size() == 1);
  CHECK(job.files.front().path.empty());
  CHECK(job.files.front().bytes == "print(input())");
  CHECK(job.input == "x");
}

TEST_CASE("a job with everything") {
  const worker::Job job = parse_job(R"({"schema": 1, "id": "a.b_c:d-1", "language": "cpp",
    "files": [{"path": "main.cpp", "content": "int main(){}"}, {"path": "data", "content": {"base64": "AP8="}}],
    "env": {"A": "b"}, "tests": [{"name": "one", "input": "1"}, {"args": ["x"]}], "limits": {"memory": "64MiB"},
    "artifacts": ["*.txt"], "priority": "high", "callback": "web-1", "live_output": true, "meta": {"user": 5}})");
  CHECK(job.files[1].bytes == std::string("\0\xff", 2));
  CHECK(job.tests.size() == 2);
  CHECK(job.tests[0].name == "one");
  CHECK(job.tests[1].name == "2");
  CHECK(job.limits.front().second == "64MiB");
  CHECK(job.live_output);
  CHECK(job.meta["user"] == 5);
}

TEST_CASE("what is wrong with a payload is named") {
  const auto [payload, complaint] = GENERATE(table<const char*, const char*>({
      {"", "payload: is not JSON"},
      {"{\"id\": \"\xff\"}", "payload: is not JSON"},
      {"[]", "payload: must be an object"},
      {R"({"language": "c", "code": ""})", "id: is missing"},
      {R"({"id": "", "language": "c", "code": ""})", "id: must be 1 to 128"},
      {R"({"id": "a/b", "language": "c", "code": ""})", "id: must be 1 to 128"},
      {R"({"id": 1.5, "language": "c", "code": ""})", "id: must be a text"},
      {R"({"id": "a", "code": ""})", "language: is missing"},
      {R"({"id": "a", "language": "c"})", "code: one of"},
      {R"({"id": "a", "language": "c", "code": "", "files": []})", "code: one of"},
      {R"({"id": "a", "language": "c", "files": []})", "files: must be a list of at least one"},
      {R"({"id": "a", "language": "c", "code": "", "Code": ""})", "payload: unknown key \"Code\""},
      {R"({"id": "a", "language": "c", "code": "", "tests": []})",
       "tests: must be a list of at least one"},
      {R"({"id": "a", "language": "c", "code": "", "input": "", "tests": [{}]})",
       "tests: each has its own"},
      {R"({"id": "a", "language": "c", "code": "", "limits": {"memory": 5}})",
       "limits.memory: must be a text"},
      {R"({"id": "a", "language": "c", "code": "", "args": "x"})", "args: must be a list"},
      {R"({"id": "a", "language": "c", "code": {"base64": "A"}})", "code: is not base64"},
      {R"({"id": "a", "language": "c", "code": {"base64": "AB=="}})", "code: is not base64"},
      {R"({"id": "a", "language": "c", "code": "", "live_output": 1})",
       "live_output: must be true or false"},
      {R"({"id": "a", "language": "c", "code": "", "callback": "a b"})",
       "callback: must be 1 to 128"},
      {R"({"schema": 2, "what": "ever"})", "schema: this worker knows 1"},
  }));
  CAPTURE(payload);
  CHECK_THROWS_WITH(parse_job(payload), StartsWith(complaint));
}

TEST_CASE("a payload that is nested deeply is refused, not recursed into") {
  const std::string deep =
      R"({"id": "a", "language": "c", "code": "", "meta": )" + std::string(1'000'000, '[');
  CHECK_THROWS_AS(parse_job(deep), worker::JobError);
  const std::string closed = R"({"id": "a", "language": "c", "code": "", "meta": )" +
                             std::string(100, '[') + std::string(100, ']') + "}";
  CHECK_THROWS_WITH(parse_job(closed), Contains("nested deeper"));
}

TEST_CASE(
    "a payload that becomes far more than it is, and a complaint that quotes it, are bounded") {
  std::string many = "0";
  for (int i = 0; i < 200'000; ++i) {
    many += ",0";
  }
  CHECK_THROWS_WITH(
      parse_job(R"({"id": "a", "language": "c", "code": "", "meta": [)" + many + "]}"),
      Contains("keys and values"));
  const std::string name(1'000'000, 'k');
  CHECK_THROWS_WITH(parse_job(R"({"id": "a", "language": ")" + name + R"(", "code": ""})"),
                    StartsWith("language: must be"));
  try {
    parse_job("{\"" + name + "\": 1}");
    FAIL("it was taken");
  } catch (const worker::JobError& error) {
    CHECK(std::string(error.what()).size() <= worker::max_message_bytes);
  }
}
