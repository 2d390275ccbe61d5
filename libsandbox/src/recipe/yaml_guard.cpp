// SPDX-License-Identifier: Apache-2.0
#include "recipe/yaml_guard.hpp"

#include "text/encoding.hpp"

#include <sandbox/error.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>

namespace sandbox::recipe {
namespace {

constexpr std::size_t largest = 256 << 10;
constexpr int deepest = 16;
/// Levels that a row of openers may begin before any parser sees the text. Levels opened in other
/// ways are left to Guard, which is told of each before yaml-cpp descends into it.
constexpr int most_openers = 64;

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

struct Place {
  int line;
  int column;
};

Place place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_end = before.rfind('\n');
  const std::size_t line_start = line_end == std::string_view::npos ? 0 : line_end + 1;
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(offset - line_start) + 1};
}

[[noreturn]] void refuse_at(std::string_view text, std::size_t offset, const std::string& file_name,
                            const char* why) {
  const Place place = place_of(text, offset);
  throw ConfigError(file_name, place.line, place.column, why);
}

void guard_characters(std::string_view text, const std::string& file_name) {
  std::size_t line_start = 0;
  while (line_start < text.size()) {
    const std::size_t line_end = std::min(text.find('\n', line_start), text.size());
    if (!text::is_utf8(text.substr(line_start, line_end - line_start))) {
      refuse_at(text, line_start, file_name, "the line is not UTF-8");
    }
    line_start = line_end + 1;
  }
  // yaml-cpp would take the text for UTF-16.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    refuse_at(text, nul, file_name, "NUL bytes are not allowed");
  }
}

/// A dash or question mark opens a level only before white space; a ruler of dashes opens none.
bool is_opener(std::string_view text, std::size_t offset) {
  const char c = text[offset];
  if (c == '[' || c == '{') {
    return true;
  }
  const char next = offset + 1 < text.size() ? text[offset + 1] : '\n';
  return (c == '-' || c == '?') && (next == ' ' || next == '\t' || next == '\n' || next == '\r');
}

void guard_nesting(std::string_view text, const std::string& file_name) {
  int openers = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_opener(text, i)) {
      ++openers;
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      openers = 0;
    }
    if (openers > most_openers) {
      refuse_at(text, i, file_name, "nested too deeply");
    }
  }
}

} // namespace

void guard_yaml(std::string_view text, const std::string& file_name) {
  if (text.size() > largest) {
    refuse_at(text, largest, file_name, "a recipe has at most 256 KiB");
  }
  guard_characters(text, file_name);
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
