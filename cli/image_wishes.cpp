// SPDX-License-Identifier: Apache-2.0
#include "images_verbs.hpp"

#include <sandbox/error.hpp>

namespace sandbox::cli {
namespace {

ImageWish wish_of_language(const Recipe& recipe) {
  if (recipe.image.empty()) {
    throw Error(ErrorCode::invalid_argument, "language " + recipe.id, "its recipe names no image");
  }
  return image_wish(recipe);
}

[[noreturn]] void refuse(const ImageWish& wish, const char* why, const char* verb) {
  throw Error(ErrorCode::invalid_argument, "language " + wish.label, why,
              std::string("sandboxrun images ") + verb + " " + wish.label);
}

} // namespace

ImageWishes wishes(const RecipeCatalog& catalog, const std::vector<std::string>& names) {
  ImageWishes found;
  for (const std::string& name : names) {
    const Recipe* recipe = catalog.find(name);
    if (recipe == nullptr && name.find_first_of("/:") != std::string::npos) {
      found.push_back({name, name, {}});
    } else {
      found.push_back(wish_of_language(recipe != nullptr ? *recipe : catalog.at(name)));
    }
  }
  return found;
}

ImageWishes wishes_of_languages(const RecipeCatalog& catalog, const std::vector<std::string>& ids) {
  ImageWishes found;
  for (const std::string& id : ids) {
    found.push_back(wish_of_language(catalog.at(id)));
  }
  for (const Recipe& recipe : catalog.recipes()) {
    if (ids.empty() && !recipe.image.empty()) {
      found.push_back(image_wish(recipe));
    }
  }
  return found;
}

ImageWishes wishes_to_build(const RecipeCatalog& catalog, const std::vector<std::string>& ids) {
  ImageWishes found;
  for (ImageWish& wish : wishes_of_languages(catalog, ids)) {
    if (!wish.dockerfile.empty()) {
      found.push_back(std::move(wish));
    } else if (!ids.empty()) {
      refuse(wish, "has no Dockerfile: its image is somebody else's", "pull");
    }
  }
  return found;
}

ImageWishes wishes_to_pull(const RecipeCatalog& catalog, const std::vector<std::string>& names) {
  ImageWishes found;
  for (ImageWish& wish :
       names.empty() ? wishes_of_languages(catalog, {}) : wishes(catalog, names)) {
    if (wish.dockerfile.empty()) {
      found.push_back(std::move(wish));
    } else if (!names.empty()) {
      refuse(wish, "has a Dockerfile: its image is built", "build");
    }
  }
  return found;
}

} // namespace sandbox::cli
