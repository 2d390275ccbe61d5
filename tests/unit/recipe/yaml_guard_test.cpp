// SPDX-License-Identifier: Apache-2.0
#include "recipe/yaml_guard.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <string>

using sandbox::ConfigError;
using sandbox::recipe::guard_yaml;

namespace {

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) {
    result += text;
  }
  return result;
}

std::string refusal_of(const std::string& text) {
  try {
    guard_yaml(text, "x.yaml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

} // namespace

TEST_CASE("every refusal of the guard has its place") {
  const auto [text, refusal] = GENERATE(table<std::string, std::string>({
      {"a: 1\nb: &x 2\n", "x.yaml:2:4: anchors are not allowed"},
      {"a: !!binary 2\n", "x.yaml:1:4: tags are not allowed"},
      {"a: {<<: {b: 1}}\n", "x.yaml:1:5: merge keys are not allowed"},
      {"a: 1\n---\nb: 1\n", "x.yaml:2:1: only one document is allowed in a file"},
      {"a: 1\nb: \xff\n", "x.yaml:2:1: the line is not UTF-8"},
      {"a: 1\nb: \xed\xa0\x80\n", "x.yaml:2:1: the line is not UTF-8"},
      {std::string("a: \0\n", 5), "x.yaml:1:4: NUL bytes are not allowed"},
  }));
  CHECK(refusal_of(text) == refusal);
}

TEST_CASE("an alias is refused, whatever it would grow to") {
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name <= 'i'; ++name) {
    const std::string before(1, static_cast<char>(name - 1));
    bomb += std::string(1, name) + ": &" + name + " [" + repeated("*" + before + ", ", 8) + "*" +
            before + "]\n";
  }
  CHECK(refusal_of(bomb) == "x.yaml:1:4: anchors are not allowed");
}

TEST_CASE("an alias of nothing is refused") {
  CHECK_THROWS_AS(guard_yaml("a: *a\n", "x.yaml"), ConfigError);
}

TEST_CASE("openers are refused however they are spaced") {
  const std::string opener =
      GENERATE(as<std::string>{}, "[", "{", "[ ", "[\n", "[\t", "[{", "- ", "? ", "? - ");
  INFO("opener: " << opener);
  CHECK_THAT(refusal_of(repeated(opener, 50'000)), Catch::Contains("nested too deeply"));
}

TEST_CASE("levels with content between them are refused") {
  const std::string opener = GENERATE(as<std::string>{}, "[a, ", "{a: ", "[\"\", ", "{a, b: ");
  INFO("opener: " << opener);
  CHECK_THAT(refusal_of(repeated(opener, 20'000)), Catch::Contains("nested too deeply"));
}

TEST_CASE("block maps count as levels") {
  std::string text;
  for (int level = 0; level < 600; ++level) {
    text += repeated(" ", level) + "a:\n";
  }
  CHECK(refusal_of(text) == "x.yaml:17:17: nested too deeply");
}

TEST_CASE("sixteen levels are allowed") {
  CHECK_NOTHROW(guard_yaml(repeated("[", 16) + repeated("]", 16), "x.yaml"));
  CHECK_THROWS_AS(guard_yaml(repeated("[", 17) + repeated("]", 17), "x.yaml"), ConfigError);
}

TEST_CASE("256 KiB are allowed and not a byte more") {
  const std::string text = "a: 1\n#";
  const std::string full = text + std::string((256 << 10) - text.size(), 'x');
  CHECK_NOTHROW(guard_yaml(full, "x.yaml"));
  CHECK(refusal_of(full + "x") == "x.yaml:2:262140: a recipe has at most 256 KiB");
}

TEST_CASE("what only looks like nesting is allowed") {
  const std::string line =
      GENERATE(std::string("# ") + std::string(90, '-'), std::string(140, ' ') + "deep",
               std::string(90, ':'), std::string("int x = ") + std::string(90, '-') + "1;");
  CHECK_NOTHROW(guard_yaml("source: |\n  first\n  " + line + "\n", "x.yaml"));
}
