// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "image_fetch.hpp"

#include <sandbox/images.hpp>
#include <sandbox/recipe_catalog.hpp>

#include <string>
#include <vector>

namespace sandbox::cli {

using ImageWishes = std::vector<ImageWish>;

/// Each by a language's id, or as an image where it has a slash or colon. Throw Error for what is
/// neither, and for a language whose image comes another way.
ImageWishes wishes(const RecipeCatalog& catalog, const std::vector<std::string>& names);
ImageWishes wishes_to_build(const RecipeCatalog& catalog, const std::vector<std::string>& ids);
ImageWishes wishes_to_pull(const RecipeCatalog& catalog, const std::vector<std::string>& names);
/// All of them without ids.
ImageWishes wishes_of_languages(const RecipeCatalog& catalog, const std::vector<std::string>& ids);

/// Each returns the exit status.
int list_images(const Images& images, const ImageWishes& wishes, bool json);
int build_images(const Images& images, const ImageWishes& wishes, const ImageBuildOptions& options);
int pull_images(const Images& images, const ImageWishes& wishes);
int remove_images(const Images& images, const ImageWishes& wishes);

} // namespace sandbox::cli
