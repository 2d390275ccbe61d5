// SPDX-License-Identifier: Apache-2.0
#include "languages.hpp"

namespace worker {

Languages::Languages(const SandboxConfig& config)
    : catalog_(sandbox::RecipeCatalog::load(
          config.recipes.empty() ? sandbox::RecipeCatalog::default_folder() : config.recipes)) {
  for (const std::string& name : config.languages) {
    served_.insert(catalog_.at(name).id);
  }
  for (const std::string& name : config.warm) {
    static_cast<void>(catalog_.at(name)); // one that is not served is not warmed; a mistake is told
  }
  if (!config.languages.empty()) {
    return;
  }
  for (const sandbox::Recipe& recipe : catalog_.recipes()) {
    if (config.backend != "native" || missing_executables(recipe).empty()) {
      served_.insert(recipe.id);
    }
  }
}

const sandbox::Recipe* Languages::find(std::string_view name) const {
  const sandbox::Recipe* recipe = catalog_.find(name);
  if (recipe == nullptr) {
    recipe = catalog_.find_by_file_name("source." + std::string(name));
  }
  return recipe != nullptr && served_.count(recipe->id) == 1 ? recipe : nullptr;
}

} // namespace worker
