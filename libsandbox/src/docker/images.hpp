// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/engine.hpp"

#include <sandbox/images.hpp>

namespace sandbox::docker {

/// `fromImage` and `tag` of a pull. Without a tag an engine would pull every one that there is.
struct PullTarget {
  std::string image;
  std::string tag; // or digest
};
PullTarget pull_target(const std::string& name);

/// Both return early when `stop` is requested, and throw Error for what the engine tells of.
void pull_image(const Engine& engine, const std::string& name, const OnImageProgress& on_progress,
                const std::stop_token& stop);
void build_image(const Engine& engine, const std::string& name,
                 const std::filesystem::path& dockerfile, const ImageBuildOptions& options,
                 const OnImageProgress& on_progress, const std::stop_token& stop);

} // namespace sandbox::docker
