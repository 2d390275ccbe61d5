// SPDX-License-Identifier: Apache-2.0
#include "images_verbs.hpp"

#include "cancel.hpp"
#include "exit_status.hpp"
#include "message.hpp"
#include "printable.hpp"

#include <sandbox/error.hpp>
#include <sandbox/units.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <functional>

namespace sandbox::cli {
namespace {

const char* origin(const ImageWish& wish) {
  return wish.dockerfile.empty() ? "pull" : "build";
}

/// What is done with each image; the size of what came of it, or nothing when stopped.
using Work = std::function<std::optional<ImageInfo>(const ImageWish&, const std::stop_token&)>;

int for_each(const Images& images, const ImageWishes& wishes, const char* done, const Work& work) {
  const CancelOnSignal cancel;
  images.ping();
  unsigned succeeded = 0;
  unsigned failed = 0;
  for (const ImageWish& wish : wishes) {
    try {
      const auto image = work(wish, cancel.token());
      if (!image || cancel.token().stop_requested()) {
        return signal_base_status + cancel.signal();
      }
      fmt::print("{} {}{}\n", done, wish.image,
                 image->size_bytes > 0 ? " (" + format_size(image->size_bytes) + ")" : "");
      std::fflush(stdout);
      ++succeeded;
    } catch (const Error& error) {
      say(fmt::format("error: {}: {}", printable(wish.label), error.what()));
      ++failed;
    }
  }
  fmt::print("{} {}, {} failed\n", succeeded, done, failed);
  return failed == 0 ? 0 : own_error_status;
}

Work fetch(const Images& images, const ImageBuildOptions& options) {
  return [&images, options](const ImageWish& wish, const std::stop_token& stop) {
    return fetch_image(images, wish, options, stop);
  };
}

nlohmann::ordered_json to_json(const ImageWish& wish, const std::optional<ImageInfo>& image) {
  nlohmann::ordered_json json{{"id", wish.label}, {"image", wish.image}, {"origin", origin(wish)}};
  json["present"] = image.has_value();
  if (image) {
    json["image_id"] = image->id;
    json["size_bytes"] = image->size_bytes;
    json["created"] = image->created;
  }
  return json;
}

} // namespace

int list_images(const Images& images, const ImageWishes& wishes, bool json) {
  images.ping();
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  std::string table =
      fmt::format("{:<12} {:<28} {:<8} {:>10}  {}\n", "ID", "IMAGE", "PRESENT", "SIZE", "GET");
  for (const ImageWish& wish : wishes) {
    const auto image = images.find(wish.image);
    all.push_back(to_json(wish, image));
    table += fmt::format("{:<12} {:<28} {:<8} {:>10}  {}\n", wish.label, wish.image,
                         image ? "yes" : "no", image ? format_size(image->size_bytes) : "-",
                         origin(wish));
  }
  fmt::print("{}", json ? all.dump(2) + "\n" : table);
  return 0;
}

int build_images(const Images& images, const ImageWishes& wishes,
                 const ImageBuildOptions& options) {
  return for_each(images, wishes, "built", fetch(images, options));
}

int pull_images(const Images& images, const ImageWishes& wishes) {
  if (wishes.empty()) {
    fmt::print("nothing to pull: every language's image is built (sandboxrun images build)\n");
    return 0;
  }
  return for_each(images, wishes, "pulled", fetch(images, {}));
}

int remove_images(const Images& images, const ImageWishes& wishes) {
  return for_each(images, wishes, "removed",
                  [&](const ImageWish& wish, const std::stop_token&) -> std::optional<ImageInfo> {
                    images.remove(wish.image);
                    return ImageInfo{wish.image, {}, 0, {}};
                  });
}

} // namespace sandbox::cli
