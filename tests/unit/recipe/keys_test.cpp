// SPDX-License-Identifier: Apache-2.0
#include "recipe/keys.hpp"

#include <sandbox/limits.hpp>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <span>
#include <string>

using namespace sandbox::recipe;

namespace {

nlohmann::json schema() {
  std::ifstream file(std::string(SANDBOX_SOURCE_LANGUAGES) + "/recipe.schema.json");
  return nlohmann::json::parse(file);
}

std::set<std::string> properties(const nlohmann::json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.at("properties").items()) {
    names.insert(name);
  }
  return names;
}

std::set<std::string> set_of(std::span<const std::string_view> keys) {
  return {keys.begin(), keys.end()};
}

} // namespace

TEST_CASE("the JSON Schema has the parser's keys, no more and no fewer") {
  const nlohmann::json document = schema();
  CHECK(properties(document) == set_of(recipe_keys));
  CHECK(properties(document["$defs"]["stage"]) == set_of(stage_keys));
  CHECK(properties(document["$defs"]["run"]) == set_of(run_keys));
  CHECK(properties(document["$defs"]["limits"]) == set_of(sandbox::limit_names()));
  CHECK(properties(document["$defs"]["test"]) == set_of(test_keys));
  CHECK(properties(document["properties"]["native"]) == set_of(native_keys));
}
