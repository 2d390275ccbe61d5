// SPDX-License-Identifier: Apache-2.0
#include "image_fetch.hpp"

#include "progress_line.hpp"

#include <fmt/format.h>

namespace sandbox::cli {

ImageWish image_wish(const Recipe& recipe, const std::string& typed_image) {
  if (!typed_image.empty()) {
    return {typed_image, typed_image, {}};
  }
  return {recipe.id, recipe.image, recipe.dockerfile};
}

std::string missing_text(const ImageWish& wish) {
  return fmt::format("image {} is missing; sandboxrun images {} {}", wish.image,
                     wish.dockerfile.empty() ? "pull" : "build", wish.label);
}

std::optional<ImageInfo> fetch_image(const Images& images, const ImageWish& wish,
                                     const ImageBuildOptions& options,
                                     const std::stop_token& stop) {
  ProgressLine line(wish.label);
  const auto show = [&](const ImageProgress& progress) {
    line.show(progress.step, progress.current, progress.total);
  };
  return wish.dockerfile.empty() ? images.pull(wish.image, show, stop)
                                 : images.build(wish.image, wish.dockerfile, options, show, stop);
}

} // namespace sandbox::cli
