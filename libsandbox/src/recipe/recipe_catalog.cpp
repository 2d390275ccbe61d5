// SPDX-License-Identifier: Apache-2.0
#include "recipe/nearest.hpp"

#include <sandbox/error.hpp>
#include <sandbox/recipe_catalog.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

namespace sandbox {
namespace {

namespace fs = std::filesystem;

Recipe read(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    throw Error(ErrorCode::not_found, path.native(), "is no regular file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Error(ErrorCode::not_found, path.native(), "cannot be read");
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Recipe recipe = parse_recipe(text, path.native());
  recipe.origin = path;
  if (!recipe.dockerfile.empty()) {
    recipe.dockerfile = path.parent_path() / recipe.dockerfile;
  }
  return recipe;
}

/// A name or extension that two recipes claim would be found by chance.
void claim(std::map<std::string, std::string>& claimed, const std::string& name,
           const Recipe& recipe, std::string_view what) {
  const auto [entry, is_new] = claimed.emplace(name, recipe.id);
  if (!is_new) {
    throw ConfigError(recipe.origin.native(), 0, 0,
                      fmt::format("{} \"{}\" belongs to {} already", what, name, entry->second));
  }
}

} // namespace

RecipeCatalog RecipeCatalog::load(const fs::path& folder) {
  std::error_code error;
  RecipeCatalog catalog;
  fs::directory_iterator entries(folder, error);
  if (error) {
    throw Error(ErrorCode::not_found, fmt::format("languages folder {}", folder.native()),
                error.message(), "name another folder, or set SANDBOX_LANGUAGES");
  }
  for (const fs::directory_entry& entry : entries) {
    if (entry.path().extension() == ".yaml") {
      catalog.recipes_.push_back(read(entry.path()));
    }
  }
  std::sort(catalog.recipes_.begin(), catalog.recipes_.end(),
            [](const Recipe& a, const Recipe& b) { return a.id < b.id; });
  std::map<std::string, std::string> names;
  std::map<std::string, std::string> extensions;
  for (const Recipe& recipe : catalog.recipes_) {
    claim(names, recipe.id, recipe, "name");
    for (const std::string& alias : recipe.aliases) {
      claim(names, alias, recipe, "name");
    }
    for (const std::string& extension : recipe.extensions) {
      claim(extensions, extension, recipe, "extension");
    }
  }
  return catalog;
}

fs::path RecipeCatalog::default_folder() {
  if (const char* chosen = std::getenv("SANDBOX_LANGUAGES"); chosen != nullptr && *chosen != '\0') {
    return chosen;
  }
  return SANDBOX_INSTALLED_LANGUAGES;
}

const Recipe* RecipeCatalog::find(std::string_view id_or_alias) const noexcept {
  const auto found = std::find_if(recipes_.begin(), recipes_.end(), [&](const Recipe& recipe) {
    return recipe.id == id_or_alias || std::find(recipe.aliases.begin(), recipe.aliases.end(),
                                                 id_or_alias) != recipe.aliases.end();
  });
  return found == recipes_.end() ? nullptr : &*found;
}

const Recipe* RecipeCatalog::find_by_file_name(std::string_view file_name) const noexcept {
  const std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos) {
    return nullptr;
  }
  const std::string_view extension = file_name.substr(dot + 1);
  const auto found = std::find_if(recipes_.begin(), recipes_.end(), [&](const Recipe& recipe) {
    return std::find(recipe.extensions.begin(), recipe.extensions.end(), extension) !=
           recipe.extensions.end();
  });
  return found == recipes_.end() ? nullptr : &*found;
}

const Recipe& RecipeCatalog::at(std::string_view id_or_alias) const {
  if (const Recipe* found = find(id_or_alias)) {
    return *found;
  }
  std::vector<std::string_view> names;
  for (const Recipe& recipe : recipes_) {
    names.push_back(recipe.id);
    names.insert(names.end(), recipe.aliases.begin(), recipe.aliases.end());
  }
  const std::string near = recipe::nearest(id_or_alias, names);
  throw Error(ErrorCode::not_found, fmt::format("language \"{}\"", id_or_alias), "is not known",
              near.empty() ? fmt::format("known: {}", fmt::join(names, ", "))
                           : fmt::format("did you mean \"{}\"?", near));
}

} // namespace sandbox
