// SPDX-License-Identifier: Apache-2.0
#include "result.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

namespace {

using Json = nlohmann::json;

sandbox::Report report(std::string output, sandbox::Verdict verdict = sandbox::Verdict::ok) {
  sandbox::StageReport stage;
  stage.result.verdict = verdict;
  stage.result.usage.standard_output.total_bytes = output.size();
  stage.standard_output.total_bytes = output.size();
  stage.standard_output.head = std::move(output);
  sandbox::Report made;
  made.language = "noop";
  made.stages = {stage};
  return made;
}

worker::Job job() {
  return {.id = "a", .language = "noop", .files = {}, .meta = {{"user", 5}}};
}

const worker::Delivery delivery{.job_id = "a", .attempt = 2, .queue = "jobs"};
const worker::Circumstances circumstances{"host:1", delivery, std::chrono::milliseconds{7}};
constexpr std::uint64_t roomy = 1 << 20;

} // namespace

TEST_CASE("a result has the report, who made it and what the client gave along") {
  const Json json = Json::parse(done_result(job(), circumstances, {{"", report("hello")}}, roomy));
  CHECK(json["id"] == "a");
  CHECK(json["status"] == "done");
  CHECK(json["verdict"] == "ok");
  CHECK(json["attempt"] == 2);
  CHECK(json["worker"] == "host:1");
  CHECK(json["meta"]["user"] == 5);
  CHECK(json["report"]["stages"][0]["stdout"]["head"] == "hello");
}

TEST_CASE("the first test that did not end ok decides") {
  worker::Job tested = job();
  tested.tests.resize(3);
  const std::vector<worker::TestReport> reports{
      {"1", report("")},
      {"2", report("", sandbox::Verdict::memory_limit)},
      {"3", report("", sandbox::Verdict::cpu_time_limit)}};
  const Json json = Json::parse(done_result(tested, circumstances, reports, roomy));
  CHECK(json["verdict"] == "memory_limit");
  CHECK(json["tests"].size() == 3);
  CHECK(json["tests"][1]["name"] == "2");
  CHECK(worker::verdict_of(reports) == "memory_limit");
}

TEST_CASE("a result is cut to fit, and says so") {
  const std::uint64_t most = 16 * 1024;
  std::string characters;
  for (int i = 0; i < 20'000; ++i) {
    characters += "ž";
  }
  const std::string output =
      GENERATE_COPY(std::string(100'000, 'x'), std::string(50'000, '\x01'), characters);
  sandbox::Report big = report(output);
  big.artifacts = {{"left.txt", std::string(50'000, 'y'), false}};
  const std::string text = done_result(job(), circumstances, {{"", big}}, most);
  CHECK(text.size() <= most);
  const Json json = Json::parse(text);
  const Json& kept = json["report"]["stages"][0]["stdout"];
  CHECK(kept["truncated"] == true);
  CHECK(kept["total_bytes"] == output.size());
  REQUIRE(kept["head"].is_string()); // cut between characters
  CHECK(output.substr(0, kept["head"].get<std::string>().size()) ==
        kept["head"].get<std::string>());
  CHECK_FALSE(kept["head"].get<std::string>().empty());
  CHECK(json["report"]["skipped_artifacts"][0]["path"] == "left.txt");
}

TEST_CASE("a result that cannot be made small enough is refused") {
  CHECK_THROWS_AS(done_result(job(), circumstances, {{"", report("")}}, 10), worker::Refusal);
}

TEST_CASE("a refusal is a result") {
  const Json json =
      Json::parse(refused_result(job(), circumstances, {"unknown_language", "klingon"}, roomy));
  CHECK(json["status"] == "refused");
  CHECK(json["error"]["code"] == "unknown_language");
}

TEST_CASE("a refusal is no larger than a result may be, whatever the client wrote") {
  worker::Job large = job();
  large.meta = std::string(100'000, 'x');
  const worker::Refusal refusal("invalid_limit", std::string(100'000, 'y'));
  const std::string text = refused_result(large, circumstances, refusal, 16 * 1024);
  CHECK(text.size() <= 16 * 1024);
  const Json json = Json::parse(text);
  CHECK(json["error"]["code"] == "invalid_limit");
  CHECK(json.count("meta") == 0);
}

TEST_CASE("of a report no more is kept than it may have, the program's output first") {
  sandbox::Report kept = report(std::string(600, 'p'));
  sandbox::StageReport compiled = kept.stages.front();
  compiled.standard_output.head = std::string(600, 'c');
  compiled.standard_output.tail = std::string(600, 'c');
  kept.stages.insert(kept.stages.begin(), compiled);
  for (int i = 0; i < 20'000; ++i) {
    kept.skipped_artifacts.push_back({fmt::format("f{}", i), "symlink"});
  }
  worker::bound(kept, 1'000);
  CHECK(kept.stages[1].standard_output.head.size() == 600);
  CHECK(kept.stages[0].standard_output.head.size() == 400);
  CHECK(kept.stages[0].standard_output.tail.empty());
  CHECK(kept.skipped_artifacts.size() == 64);
  CHECK(kept.skipped_artifacts.back().reason == "symlink; 19936 more are not listed");
}
