// SPDX-License-Identifier: Apache-2.0
#include <sandbox/report.hpp>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace sandbox;

namespace {

Report report_with(const std::string& output) {
  Report report;
  report.language = "python";
  StageReport stage;
  stage.standard_output.head = output;
  stage.standard_output.total_bytes = output.size();
  report.stages.push_back(stage);
  return report;
}

nlohmann::json parsed(const Report& report) {
  return nlohmann::json::parse(to_json(report));
}

} // namespace

TEST_CASE("text that is UTF-8 stays text, control bytes and quotes included") {
  const std::string text = "žluť \"quoted\"\n\x01 {\"verdict\":\"ok\"}";
  CHECK(parsed(report_with(text))["stages"][0]["stdout"]["head"] == text);
}

TEST_CASE("bytes that are not UTF-8 are base64 with a flag") {
  CHECK(parsed(report_with("\xff\xfe"))["stages"][0]["stdout"]["head"]["base64"] == "//4=");
}

TEST_CASE("hostile names do not break the document") {
  Report report = report_with("");
  report.artifacts.push_back({"a\nb\"\xff", "content", false});
  report.skipped_artifacts.push_back({"\xff", "reason \xff"});
  CHECK(parsed(report)["artifacts"][0]["path"].contains("base64"));
}

TEST_CASE("a compile stage that fails is the verdict of the report") {
  Report report = report_with("");
  report.stages[0].stage = Stage::compile;
  report.stages[0].result.verdict = Verdict::nonzero_exit;
  CHECK(report.compile_failed());
  CHECK_FALSE(report.ok());
  CHECK(parsed(report)["compile_failed"] == true);
}

TEST_CASE("what became of a stage in the cache is told only when there was one") {
  Report report = report_with("");
  CHECK(parsed(report)["stages"][0]["cache"].is_null());
  report.stages[0].cache = {CacheUse::Outcome::miss, false, "link \xff is no file"};
  nlohmann::json cache = parsed(report)["stages"][0]["cache"];
  CHECK(cache["outcome"] == "miss");
  CHECK(cache["stored"] == false);
  CHECK(cache["detail"].contains("base64"));
  report.stages[0].cache = {CacheUse::Outcome::hit, false, ""};
  cache = parsed(report)["stages"][0]["cache"];
  CHECK(cache["outcome"] == "hit");
  CHECK(cache["detail"] == "");
}
