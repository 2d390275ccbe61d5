// SPDX-License-Identifier: Apache-2.0
#include "languages_command.hpp"

#include "job.hpp"
#include "recipe_json.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sandbox::cli {
namespace {

bool available(const Recipe& recipe) {
  return missing_executables(recipe).empty();
}

} // namespace

int list_languages(const LanguagesOptions& options, const BackendOptions& backend) {
  const RecipeCatalog catalog = load_catalog(backend);
  if (options.json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const Recipe& recipe : catalog.recipes()) {
      all.push_back(summary_json(recipe));
    }
    fmt::print("{}\n", all.dump(2));
    return 0;
  }
  fmt::print("{:<12} {:<28} {:<16} {}\n", "ID", "TITLE", "EXTENSIONS", "NATIVE");
  for (const Recipe& recipe : catalog.recipes()) {
    const std::string here =
        available(recipe)
            ? "yes"
            : fmt::format("no: apt-get install {}", fmt::join(recipe.debian_packages, " "));
    fmt::print("{:<12} {:<28} {:<16} {}\n", recipe.id, recipe.title,
               fmt::format("{}", fmt::join(recipe.extensions, " ")), here);
  }
  return 0;
}

int show_language(const std::string& id, const BackendOptions& backend) {
  fmt::print("{}\n", recipe_json(load_catalog(backend).at(id)).dump(2));
  return 0;
}

} // namespace sandbox::cli
