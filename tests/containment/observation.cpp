// SPDX-License-Identifier: Apache-2.0
#include "containment/observation.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace containment {
namespace {

constexpr std::string_view prefix = "PROBE ";

std::string after(const std::string& line, std::string_view key) {
  const std::size_t at = line.find(key);
  return at == std::string::npos ? std::string() : line.substr(at + key.size());
}

Step parse(const std::string& line) {
  Step step;
  step.name = line.substr(0, line.find(' '));
  const std::string result = after(line, " rc=");
  long value = 0;
  if (std::from_chars(result.data(), result.data() + result.size(), value).ec == std::errc()) {
    step.result = value;
  }
  step.error = after(line, " errno=");
  for (const std::string_view key : {" is=", " by=", " why="}) {
    if (step.text.empty()) {
      step.text = after(line, key);
    }
  }
  return step;
}

} // namespace

std::vector<Step> parse_steps(std::string_view output) {
  std::vector<Step> steps;
  std::istringstream stream{std::string(output)};
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(prefix)) {
      steps.push_back(parse(line.substr(prefix.size())));
    }
  }
  return steps;
}

const Step* Observation::find(std::string_view name) const {
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.name == name; });
  return found == steps.end() ? nullptr : &*found;
}

} // namespace containment
