// SPDX-License-Identifier: Apache-2.0
//
// Whatever a program prints or names its files, the report is one JSON document that holds just
// these bytes.
#include "input.hpp"

#include <sandbox/report.hpp>

#include <nlohmann/json.hpp>

namespace {

using sandbox::fuzz::check;

std::string from_base64(const std::string& text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  check(text.size() % 4 == 0);
  for (const char c : text.substr(0, text.find('='))) {
    const std::size_t digit = digits.find(c);
    check(digit != std::string_view::npos);
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFF;
    if ((count += 6) >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return bytes;
}

std::string bytes_of(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : from_base64(value.at("base64"));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::string head = bytes.substr(0, size / 2);
  const std::string tail = bytes.substr(size / 2);
  sandbox::Report report;
  report.language = "python";
  sandbox::StageReport stage;
  stage.standard_output = {head, tail, size};
  stage.standard_error = {bytes, {}, size};
  stage.result.evidence.observed = head;
  stage.cache = {sandbox::CacheUse::Outcome::miss, false, bytes};
  report.stages.push_back(stage);
  report.artifacts.push_back({bytes, head, false});
  report.skipped_artifacts.push_back({head, bytes});
  const auto json = nlohmann::json::parse(sandbox::to_json(report, size % 2 == 0));
  const auto& written = json.at("stages").at(0);
  check(bytes_of(written.at("stdout").at("head")) == head);
  check(tail.empty() || bytes_of(written.at("stdout").at("tail")) == tail);
  check(bytes_of(written.at("stderr").at("head")) == bytes);
  check(bytes_of(written.at("cache").at("detail")) == bytes);
  check(bytes_of(json.at("artifacts").at(0).at("path")) == bytes);
  check(bytes_of(json.at("artifacts").at(0).at("content")) == head);
  check(bytes_of(json.at("skipped_artifacts").at(0).at("path")) == head);
  return 0;
}
