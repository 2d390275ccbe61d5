// SPDX-License-Identifier: Apache-2.0
//
// The languages known: every *.yaml of a folder, found by id, alias or file extension.
#pragma once

#include <sandbox/export.hpp>
#include <sandbox/recipe.hpp>

#include <filesystem>
#include <string_view>
#include <vector>

namespace sandbox {

class SANDBOX_API RecipeCatalog {
 public:
  /// Reads every recipe of `folder`. Throws ConfigError for the first that does not parse, or when
  /// two share an id, alias or extension; Error(not_found) when the folder cannot be read.
  static RecipeCatalog load(const std::filesystem::path& folder);

  /// The folder that load() is meant for: $SANDBOX_LANGUAGES, else the installed one.
  static std::filesystem::path default_folder();

  /// By id or alias; nullptr when unknown. The pointer lives as long as the catalog.
  const Recipe* find(std::string_view id_or_alias) const noexcept;
  /// By a file's name; nullptr when no recipe claims its extension.
  const Recipe* find_by_file_name(std::string_view file_name) const noexcept;
  /// By id or alias; throws Error(not_found) that lists near names.
  const Recipe& at(std::string_view id_or_alias) const;

  /// Sorted by id.
  const std::vector<Recipe>& recipes() const noexcept { return recipes_; }

 private:
  std::vector<Recipe> recipes_;
};

} // namespace sandbox
