// SPDX-License-Identifier: Apache-2.0
#include <sandbox/error.hpp>
#include <sandbox/recipe.hpp>
#include <sandbox/recipe_catalog.hpp>

#include <catch2/catch.hpp>

using namespace sandbox;
using namespace std::chrono_literals;

namespace {

const std::string minimal = "schema: 1\nid: x\ntitle: X\nextensions: [x]\nsource: main.x\nrun:\n  "
                            "argv: [x, \"{source}\"]\n";

struct Place {
  int line;
  int column;
  std::string message;
};

Place error_of(const std::string& yaml) {
  try {
    parse_recipe(yaml, "x.yaml");
  } catch (const ConfigError& error) {
    return {error.line(), error.column(), error.what()};
  }
  FAIL("was accepted: " << yaml);
  return {};
}

} // namespace

TEST_CASE("a minimal recipe has the defaults") {
  const Recipe recipe = parse_recipe(minimal, "x.yaml");
  CHECK(recipe.id == "x");
  CHECK(recipe.run.limits == Limits{});
  CHECK_FALSE(recipe.compile.has_value());
}

TEST_CASE("limits say only what differs") {
  const Recipe recipe = parse_recipe(
      minimal + "  limits: {cpu_time: 3s, memory: 1GiB, processes: unlimited}\n", "x.yaml");
  CHECK(recipe.run.limits.cpu_time == 3s);
  CHECK(wall_time(recipe.run.limits) == 7s);
  CHECK(recipe.run.limits.memory_bytes == GiB);
  CHECK(recipe.run.limits.processes == unlimited);
  CHECK(recipe.run.limits.open_files == Limits{}.open_files);
}

TEST_CASE("mistakes are told with their place") {
  const Place unknown = error_of(minimal + "tittle: Y\n");
  CHECK(unknown.line == 8);
  CHECK(unknown.column == 1);
  CHECK(unknown.message.find("did you mean \"title\"") != std::string::npos);
  CHECK(error_of(minimal + "title: Y\n").message.find("twice") != std::string::npos);
  CHECK(error_of(minimal + "  limits: {memory: 0B}\n").line == 8);
  CHECK(error_of(minimal + "  limits: {memory: 64}\n").column == 20);
}

TEST_CASE("what a recipe cannot be is refused") {
  const std::string wrong =
      GENERATE(as<std::string>{}, "", "[]", "schema: 2\n", "{", "a: [", "schema: 1\nid: ../x\n");
  CHECK_THROWS_AS(parse_recipe(wrong, "x.yaml"), ConfigError);
}

TEST_CASE("the guard stands before the parser") {
  CHECK(error_of("a: &x 1\n").message == "x.yaml:1:4: anchors are not allowed");
}

TEST_CASE("limits of a recipe that cannot be meant are refused") {
  const std::string limits =
      GENERATE("{cpu_time: 0s}", "{cpu_time: -1s}", "{memory: 1e309MiB}", "{memory: lots}",
               "{wall_time: unlimited}", "{cores: nan}", "{disk: unlimited}", "{open_files: 0}",
               "{memory: [1]}", "{speed: 3}");
  CHECK_THROWS_AS(parse_recipe(minimal + "  limits: " + limits + "\n", "x.yaml"), ConfigError);
}

TEST_CASE("unknown placeholders are refused when the recipe is read") {
  CHECK_THROWS_AS(parse_recipe(minimal + "  env: {A: \"{nonsense}\"}\n", "x.yaml"), ConfigError);
  CHECK_THROWS_AS(parse_recipe(minimal + "  env: {A: \"{args}\"}\n", "x.yaml"), ConfigError);
}

TEST_CASE("placeholders follow the job") {
  ExpansionJob job;
  job.source = "main.c";
  job.sources = {"main.c", "a.c"};
  job.artifact = "out";
  job.args = {"1", "{source}"};
  job.limits.memory_bytes = 100 * MiB;
  const std::vector<std::string> argv{
      "cc",    "-o{artifact}", "{sources}",       "-m{memory_mib*3/4}",
      "{{x}}", "{args}",       "{memory_mib-200}"};
  const std::vector<std::string> expected{"cc",  "-oout", "main.c",   "a.c", "-m75",
                                          "{x}", "1",     "{source}", "1"};
  CHECK(expand(argv, job) == expected);
}

TEST_CASE("every recipe of the source tree is read, found by id, alias and extension") {
  const RecipeCatalog catalog = RecipeCatalog::load(SANDBOX_SOURCE_LANGUAGES);
  CHECK(catalog.recipes().size() >= 18);
  CHECK(catalog.at("python").title == "Python 3");
  CHECK(&catalog.at("c++") == catalog.find("cpp"));
  CHECK(catalog.find_by_file_name("Main.java")->id == "java");
  CHECK(catalog.find_by_file_name("README") == nullptr);
  CHECK_THROWS_WITH(catalog.at("pyton"), Catch::Contains("did you mean \"python\""));
  for (const Recipe& recipe : catalog.recipes()) {
    INFO(recipe.id);
    CHECK(recipe.self_tests.size() >= 5);
    CHECK_FALSE(recipe.debian_packages.empty());
    CHECK(std::filesystem::exists(recipe.dockerfile));
  }
}

TEST_CASE("an empty recipe is an error with a place") {
  CHECK_THROWS_WITH(parse_recipe("", "x.yaml"), Catch::StartsWith("x.yaml:1:1: "));
}
