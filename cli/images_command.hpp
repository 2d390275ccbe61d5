// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options.hpp"

#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace sandbox::cli {

struct ImagesOptions {
  bool json{false};
  std::vector<std::string> names; // languages; to pull and remove, images too
  std::string network{"default"};
  bool no_cache{false};
};

void add_images_verb(CLI::App& app, ImagesOptions& options, BackendOptions& backend);

/// `sandboxrun images list|build|pull|remove`: returns the exit status. What fails is told, and the
/// rest is done all the same. Throws Error when no engine answers or a name cannot be meant.
int images_command(const CLI::App& images, const ImagesOptions& options,
                   const BackendOptions& backend);

} // namespace sandbox::cli
