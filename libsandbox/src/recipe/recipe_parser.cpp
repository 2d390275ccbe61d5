// SPDX-License-Identifier: Apache-2.0
#include "recipe/keys.hpp"
#include "recipe/limits_reader.hpp"
#include "recipe/placeholder.hpp"
#include "recipe/yaml_guard.hpp"
#include "recipe/yaml_node.hpp"
#include "text/box_path.hpp"
#include "text/variable_name.hpp"

#include <sandbox/error.hpp>
#include <sandbox/recipe.hpp>
#include <sandbox/result.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace sandbox {
namespace {

using recipe::MapReader;

constexpr int schema_version = 1;
constexpr long largest_exit_code = 255;

bool is_name(std::string_view text, std::string_view marks) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 64 && plain(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return plain(c) || marks.find(c) != std::string_view::npos; });
}

void check_file_name(const MapReader& map, std::string_view key, const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
      name.size() > 255) {
    map.fail(key, fmt::format("{} must be a plain file name", key));
  }
}

void check_stage_placeholders(const MapReader& map, const RecipeStage& stage,
                              std::string_view artifact) {
  try {
    for (const std::string& element : stage.argv) {
      recipe::check_placeholders(element, artifact, true);
    }
  } catch (const Error& error) {
    map.fail("argv", error.what());
  }
  try {
    for (const auto& [name, value] : stage.env) {
      recipe::check_placeholders(value, artifact, false);
    }
  } catch (const Error& error) {
    map.fail("env", error.what());
  }
}

RecipeStage read_stage(const MapReader& map, const Limits& defaults, std::string_view artifact) {
  RecipeStage stage;
  map.at("argv");
  stage.argv = map.texts("argv");
  if (stage.argv.empty() || stage.argv.front().empty()) {
    map.fail("argv", "argv must name a program");
  }
  stage.env = map.text_map("env");
  try {
    for (const auto& [name, value] : stage.env) {
      text::validate_variable_name(name);
    }
  } catch (const Error& error) {
    map.fail("env", error.what());
  }
  stage.limits = recipe::read_limits(map.find("limits"), defaults, map.file_name());
  check_stage_placeholders(map, stage, artifact);
  return stage;
}

void read_run(const YAML::Node& node, Recipe& recipe, const std::string& file) {
  const MapReader map(node, file, recipe::run_keys);
  recipe.run = read_stage(map, Limits{}, recipe.artifact_name);
  recipe.ahead = map.boolean("ahead", false);
  if (recipe.ahead && recipe.compile) {
    map.fail("ahead", "ahead is for a source that is run as it is: there is a compile stage");
  }
  const auto& argv = recipe.run.argv;
  if (recipe.ahead && std::find(argv.begin(), argv.end(), "{source}") == argv.end()) {
    map.fail("ahead", "ahead needs \"{source}\" in argv");
  }
}

bool is_verdict(std::string_view name) {
  if (name == "compile_error") {
    return true;
  }
  for (auto value = static_cast<int>(Verdict::ok); value <= static_cast<int>(Verdict::cancelled);
       ++value) {
    if (to_string(static_cast<Verdict>(value)) == name) {
      return true;
    }
  }
  return false;
}

SelfTest read_test(const YAML::Node& node, const std::string& file) {
  const MapReader map(node, file, recipe::test_keys);
  SelfTest test;
  test.name = map.text("name");
  test.source = map.text("source");
  test.files = map.text_map("files");
  try {
    for (const auto& [path, content] : test.files) {
      text::validate_new_box_path(path);
    }
  } catch (const Error& error) {
    map.fail("files", error.what());
  }
  test.input = map.text("input", "");
  test.args = map.texts("args");
  test.expected_verdict = map.text("verdict", "ok");
  if (!is_verdict(test.expected_verdict)) {
    map.fail("verdict", fmt::format("\"{}\" is no verdict", test.expected_verdict));
  }
  if (map.has("output")) {
    test.expected_output = map.text("output");
  }
  if (map.has("exit_code")) {
    const long code = map.integer("exit_code");
    if (code < 0 || code > largest_exit_code) {
      map.fail("exit_code", fmt::format("exit_code must be from 0 to {}", largest_exit_code));
    }
    test.expected_exit_code = static_cast<int>(code);
  }
  return test;
}

void read_native(const MapReader& map, Recipe& recipe) {
  if (!map.has("native")) {
    return;
  }
  const MapReader native(map.at("native"), map.file_name(), recipe::native_keys);
  recipe.executables = native.texts("executables");
  for (const std::string& path : native.texts("extra_paths")) {
    if (!path.starts_with('/')) {
      native.fail("extra_paths", "extra_paths must be absolute");
    }
    recipe.extra_paths.emplace_back(path);
  }
  recipe.debian_packages = native.texts("debian_packages");
}

void read_names(const MapReader& map, Recipe& recipe) {
  recipe.id = map.text("id");
  if (!is_name(recipe.id, "_.-")) {
    map.fail(
        "id",
        "id must be of a-z, 0-9, _, . and -, begin with a letter or digit, and have at most 64");
  }
  recipe.title = map.text("title");
  recipe.aliases = map.texts("aliases");
  for (const std::string& alias : recipe.aliases) {
    if (!is_name(alias, "_.-+#")) {
      map.fail("aliases",
               fmt::format("alias \"{}\" must be like an id; + and # are allowed too", alias));
    }
  }
  recipe.extensions = map.texts("extensions");
  for (const std::string& extension : recipe.extensions) {
    if (extension.empty() || extension.find_first_of("./") != std::string::npos) {
      map.fail("extensions", "an extension is written without its dot");
    }
  }
  recipe.source_name = map.text("source");
  check_file_name(map, "source", recipe.source_name);
  if (map.has("artifact")) {
    recipe.artifact_name = map.text("artifact");
    check_file_name(map, "artifact", recipe.artifact_name);
  }
  recipe.scratch = map.texts("scratch");
  try {
    for (const std::string& path : recipe.scratch) {
      text::validate_new_box_path(path);
    }
  } catch (const Error& error) {
    map.fail("scratch", error.what());
  }
}

Recipe read_recipe(const YAML::Node& root, const std::string& file) {
  const MapReader map(root, file, recipe::recipe_keys);
  if (map.integer("schema") != schema_version) {
    map.fail("schema", fmt::format("schema {} is not known; this is schema {}", map.text("schema"),
                                   schema_version));
  }
  Recipe recipe;
  read_names(map, recipe);
  if (map.has("compile")) {
    const MapReader compile(map.at("compile"), file, recipe::stage_keys);
    recipe.compile = read_stage(compile, default_compile_limits(), recipe.artifact_name);
  }
  read_run(map.at("run"), recipe, file);
  recipe.image = map.text("image", "");
  if (map.has("dockerfile")) {
    const std::string name = map.text("dockerfile");
    check_file_name(map, "dockerfile", name);
    recipe.dockerfile = name;
  }
  read_native(map, recipe);
  recipe.version_argv = map.texts("version");
  const YAML::Node tests = map.find("tests");
  if (tests.IsDefined() && !tests.IsSequence()) {
    map.fail("tests", "tests must be a list");
  }
  for (const auto& test : tests) {
    recipe.self_tests.push_back(read_test(test, file));
  }
  return recipe;
}

} // namespace

Recipe parse_recipe(std::string_view yaml, const std::string& file_name) {
  recipe::guard_yaml(yaml, file_name);
  try {
    return read_recipe(YAML::Load(std::string(yaml)), file_name);
  } catch (const YAML::Exception& error) {
    recipe::fail_at(error.mark, file_name, error.msg);
  }
}

} // namespace sandbox
