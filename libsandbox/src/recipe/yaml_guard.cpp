// SPDX-License-Identifier: Apache-2.0
#include "recipe/yaml_guard.hpp"

#include "report/text.hpp"

#include <sandbox/error.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

namespace sandbox::recipe {
namespace {

constexpr std::size_t largest = 256 << 10;
constexpr int deepest = 16;
/// Opening brackets and indentation before any parser sees the text: yaml-cpp recurses for each
/// level.
constexpr int most_open_brackets = 64;
constexpr std::size_t deepest_indentation = 128;

class Guard final : public YAML::EventHandler {
 public:
  explicit Guard(const std::string& file_name) : file_name_(file_name) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      refuse(mark, "only one document is allowed in a file");
    }
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { check(mark, "", anchor); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases are not allowed");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check(mark, tag, anchor);
    if (value == "<<") {
      refuse(mark, "merge keys are not allowed");
    }
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    enter(mark, tag, anchor);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    enter(mark, tag, anchor);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void enter(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check(mark, tag, anchor);
    if (++depth_ > deepest) {
      refuse(mark, "nested too deeply");
    }
  }
  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) const {
    if (anchor != 0) {
      refuse(mark, "anchors are not allowed");
    }
    // "?" and "!" are what yaml-cpp calls plain and quoted scalars without a tag.
    if (!tag.empty() && tag != "?" && tag != "!") {
      refuse(mark, "tags are not allowed");
    }
  }
  [[noreturn]] void refuse(const YAML::Mark& mark, const char* why) const {
    throw ConfigError(file_name_, mark.line + 1, mark.column + 1, why);
  }

  const std::string& file_name_;
  int documents_{0};
  int depth_{0};
};

/// Bounds what could make the parser itself recurse too deeply; generous, because brackets in
/// sources count as well.
void guard_nesting(std::string_view text, const std::string& file_name) {
  int line = 1;
  std::size_t indentation = 0;
  int run_of_brackets = 0;
  bool at_start = true;
  for (const char c : text) {
    if (c == '\n') {
      ++line;
      indentation = 0;
      at_start = true;
      continue;
    }
    const bool structure = c == '[' || c == '{' || c == '-' || c == '?' || c == ':';
    run_of_brackets = structure || c == ' ' ? run_of_brackets + (structure ? 1 : 0) : 0;
    indentation += at_start && c == ' ' ? 1 : 0;
    at_start = at_start && c == ' ';
    if (run_of_brackets > most_open_brackets || (at_start && indentation > deepest_indentation)) {
      throw ConfigError(file_name, line, 1, "nested too deeply");
    }
  }
}

} // namespace

void guard_yaml(std::string_view text, const std::string& file_name) {
  if (text.size() > largest) {
    throw ConfigError(file_name, 0, 0, "a recipe has at most 256 KiB");
  }
  if (!report::is_utf8(text)) {
    throw ConfigError(file_name, 0, 0, "is not UTF-8");
  }
  guard_nesting(text, file_name);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    Guard guard(file_name);
    while (parser.HandleNextDocument(guard)) {
    }
  } catch (const YAML::ParserException& error) {
    throw ConfigError(file_name, error.mark.line + 1, error.mark.column + 1, error.msg);
  }
}

} // namespace sandbox::recipe
