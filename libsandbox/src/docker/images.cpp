// SPDX-License-Identifier: Apache-2.0
#include "docker/images.hpp"

#include "docker/image_stream.hpp"
#include "docker/names.hpp"

#include <sandbox/error.hpp>

#include <nlohmann/json.hpp>

namespace sandbox {
namespace {

using docker::Answer;
using docker::Call;
using docker::Verb;

constexpr std::chrono::minutes remove_timeout{2};

/// A stream that ends well has made what it was to make.
ImageInfo made(std::optional<ImageInfo> image, const std::string& name) {
  if (!image) {
    throw Error(ErrorCode::backend_lost, "image " + name,
                "the engine reported success, but has no such image");
  }
  return *std::move(image);
}

} // namespace

Images::Images(const std::string& host, std::chrono::milliseconds patience)
    : engine_(std::make_unique<docker::Engine>(docker::engine_address(host))), patience_(patience) {
}

Images::~Images() = default;

void Images::ping() const {
  Call call{Verb::get, "/_ping"};
  call.timeout = patience_;
  engine_->expect(call, {200});
}

std::optional<ImageInfo> Images::find(const std::string& name) const {
  docker::validate_image(name);
  Call call{Verb::get, "/images/" + name + "/json"};
  call.timeout = patience_;
  const Answer answer = engine_->expect(call, {200, 404});
  if (answer.status == 404) {
    return std::nullopt;
  }
  const nlohmann::json about = answer.json();
  ImageInfo image{name, docker::printable(docker::text_of(about, "Id")),
                  docker::number_of(about, "Size"),
                  docker::printable(docker::text_of(about, "Created"))};
  if (image.id.empty()) {
    throw Error(ErrorCode::backend_lost, describe(call), "the engine's answer has no Id");
  }
  return image;
}

std::vector<ImageInfo> Images::list(const std::vector<std::string>& names) const {
  std::vector<ImageInfo> images;
  for (const std::string& name : names) {
    if (auto image = find(name)) {
      images.push_back(*std::move(image));
    }
  }
  return images;
}

std::optional<ImageInfo> Images::pull(const std::string& name, const OnImageProgress& on_progress,
                                      const std::stop_token& stop) const {
  docker::validate_image(name);
  docker::pull_image(*engine_, name, on_progress, stop);
  return stop.stop_requested() ? std::nullopt : std::optional(made(find(name), name));
}

std::optional<ImageInfo> Images::build(const std::string& name,
                                       const std::filesystem::path& dockerfile,
                                       const ImageBuildOptions& options,
                                       const OnImageProgress& on_progress,
                                       const std::stop_token& stop) const {
  docker::validate_image(name);
  docker::build_image(*engine_, name, dockerfile, options, on_progress, stop);
  return stop.stop_requested() ? std::nullopt : std::optional(made(find(name), name));
}

void Images::remove(const std::string& name) const {
  docker::validate_image(name);
  Call call{Verb::remove, "/images/" + name};
  call.timeout = std::max<std::chrono::milliseconds>(patience_, remove_timeout);
  const Answer answer = engine_->call(call);
  if (answer.status == 404) {
    throw Error(ErrorCode::not_found, "image " + name, "is not there");
  }
  if (answer.status == 409) {
    throw Error(ErrorCode::setup_failed, "image " + name, docker::engine_text(answer),
                "it is in use: remove the containers first (sandboxrun gc removes abandoned ones)");
  }
  if (answer.status != 200) {
    throw_refusal(call, answer);
  }
}

} // namespace sandbox
