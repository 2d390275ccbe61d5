// SPDX-License-Identifier: Apache-2.0
//
// Whatever a program prints or names its files, the report is one JSON document.
#include <sandbox/report.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::string head = bytes.substr(0, size / 2);
  sandbox::Report report;
  report.language = "python";
  sandbox::StageReport stage;
  stage.standard_output = {head, bytes.substr(size / 2), size};
  stage.standard_error = {bytes, {}, size};
  stage.result.evidence.observed = head;
  report.stages.push_back(stage);
  report.artifacts.push_back({bytes, head, false});
  report.skipped_artifacts.push_back({head, bytes});
  if (nlohmann::json::parse(sandbox::to_json(report))["stages"].size() != 1) {
    __builtin_trap();
  }
  return 0;
}
