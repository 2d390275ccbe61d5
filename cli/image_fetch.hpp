// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/images.hpp>
#include <sandbox/recipe.hpp>

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

namespace sandbox::cli {

/// An image and where it comes from.
struct ImageWish {
  std::string label;                // for messages
  std::string image;                // empty: the recipe names none
  std::filesystem::path dockerfile; // empty: it is pulled
};

/// The recipe's image, or the one that was typed in its place.
ImageWish image_wish(const Recipe& recipe, const std::string& typed_image = {});

/// "image libsandbox/python is missing; sandboxrun images build python"
std::string missing_text(const ImageWish& wish);

/// Builds or pulls it, and shows on stderr how that goes. Nothing when `stop` came first. Throws
/// Error.
std::optional<ImageInfo> fetch_image(const Images& images, const ImageWish& wish,
                                     const ImageBuildOptions& options, const std::stop_token& stop);

} // namespace sandbox::cli
