// SPDX-License-Identifier: Apache-2.0
#include "recipe_json.hpp"

namespace sandbox::cli {
namespace {

using Json = nlohmann::ordered_json;

Json amount(std::uint64_t value) {
  return value == unlimited ? Json("unlimited") : Json(value);
}

Json limits_json(const Limits& limits) {
  return {{"cpu_time_ns",
           limits.cpu_time == unlimited_time ? Json("unlimited") : Json(limits.cpu_time.count())},
          {"wall_time_ns", wall_time(limits).count()},
          {"memory_bytes", amount(limits.memory_bytes)},
          {"processes", amount(limits.processes)},
          {"cores", limits.cores},
          {"output_bytes", amount(limits.output_bytes)},
          {"file_size_bytes", amount(limits.file_size_bytes)},
          {"disk_bytes", limits.disk_bytes},
          {"disk_inodes", limits.disk_inodes},
          {"open_files", limits.open_files},
          {"stack_bytes", amount(limits.stack_bytes)}};
}

Json stage_json(const RecipeStage& stage) {
  Json env = Json::object();
  for (const auto& [name, value] : stage.env) {
    env[name] = value;
  }
  return {{"argv", stage.argv}, {"env", env}, {"limits", limits_json(stage.limits)}};
}

} // namespace

Json summary_json(const Recipe& recipe) {
  const std::vector<std::string> missing = missing_executables(recipe);
  return {{"id", recipe.id},
          {"title", recipe.title},
          {"aliases", recipe.aliases},
          {"extensions", recipe.extensions},
          {"compiled", recipe.compile.has_value()},
          {"native",
           {{"available", missing.empty()},
            {"missing", missing},
            {"debian_packages", recipe.debian_packages}}},
          {"image", recipe.image}};
}

Json recipe_json(const Recipe& recipe) {
  Json json = summary_json(recipe);
  json["file"] = recipe.origin.native();
  json["source"] = recipe.source_name;
  json["artifact"] = recipe.artifact_name;
  json["scratch"] = recipe.scratch;
  json["compile"] = recipe.compile ? stage_json(*recipe.compile) : Json(nullptr);
  json["run"] = stage_json(recipe.run);
  json["run"]["ahead"] = recipe.ahead;
  json["version"] = recipe.version_argv;
  json["tests"] = Json::array();
  for (const SelfTest& test : recipe.self_tests) {
    json["tests"].push_back({{"name", test.name}, {"verdict", test.expected_verdict}});
  }
  return json;
}

} // namespace sandbox::cli
