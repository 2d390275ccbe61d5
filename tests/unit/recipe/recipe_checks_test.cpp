// SPDX-License-Identifier: Apache-2.0
#include <sandbox/error.hpp>
#include <sandbox/recipe.hpp>

#include <catch2/catch.hpp>

using sandbox::ConfigError;
using sandbox::parse_recipe;

namespace {

const std::string minimal = "schema: 1\nid: x\ntitle: X\nsource: main.x\nrun:\n  argv: [x]\n";
const std::string test_head = "tests:\n  - name: t\n    source: s\n    ";

} // namespace

TEST_CASE("values that are well typed but cannot be meant are refused in their line") {
  const auto [more, line] = GENERATE(table<std::string, int>({
      {"  env: {\"A=B\": x}\n", 7},
      {"  env: {\"\": x}\n", 7},
      {"  env: {A: x, A: y}\n", 7},
      {"  env: {A: \"{artifact}\"}\n", 7},
      {"  ahead: yes\n", 7},
      {"  ahead: []\n", 7},
      {"  ahead: true\ncompile: {argv: [cc, \"{source}\"]}\n", 7},
      {"compile: {argv: [cc], ahead: false}\n", 7},
      {"aliases: [a, ../x]\n", 7},
      {"aliases: [\"\"]\n", 7},
      {"dockerfile: /etc/passwd\n", 7},
      {"artifact: ..\n", 7},
      {"native: {extra_paths: [etc]}\n", 7},
      {"scratch: [/tmp]\n", 7},
      {"scratch: [ok, a/../b]\n", 7},
      {"scratch: [.cache/]\n", 7},
      {test_head + "exit_code: 256\n", 10},
      {test_head + "exit_code: 4294967296\n", 10},
      {test_head + "exit_code: -1\n", 10},
      {test_head + "verdict: fine\n", 10},
      {test_head + "files: {../x: y}\n", 10},
  }));
  INFO(more);
  try {
    parse_recipe(minimal + more, "x.yaml");
    FAIL("was accepted");
  } catch (const ConfigError& error) {
    CHECK(error.line() == line);
  }
}

TEST_CASE("plain scalars are the text that is written") {
  const auto recipe = parse_recipe(minimal + "version: [no, 1e3, 0o17, .nan]\n", "x.yaml");
  CHECK(recipe.version_argv == std::vector<std::string>{"no", "1e3", "0o17", ".nan"});
}

TEST_CASE("an artifact that is named may be used") {
  const auto recipe =
      parse_recipe(minimal + "  env: {A: \"./{artifact}\"}\nartifact: out\n", "x.yaml");
  CHECK(recipe.artifact_name == "out");
}

TEST_CASE("scratch is a list of paths in the box") {
  const auto recipe = parse_recipe(minimal + "scratch: [.cache, out/tmp]\n", "x.yaml");
  CHECK(recipe.scratch == std::vector<std::string>{".cache", "out/tmp"});
}
