// SPDX-License-Identifier: Apache-2.0
//
// The volume that holds sandbox-init, so that images need nothing of ours. Its name tells the
// content; it is filled once for an engine and never changed.
#pragma once

#include "docker/remover.hpp"

#include <memory>
#include <string>

namespace sandbox::docker {

inline constexpr const char* init_volume_label = "io.libsandbox.init";
/// Where it is mounted in a container, and the file in it.
inline constexpr const char* init_directory = "/.libsandbox";
inline constexpr const char* init_path = "/.libsandbox/sandbox-init";

/// "libsandbox-init-" and the beginning of the content's SHA-256.
const std::string& init_volume_name();

/// Puts the file there, by way of a container of `image` that is never started. Throws Error.
void fill_init_volume(const std::shared_ptr<Remover>& remover, const std::string& image);

} // namespace sandbox::docker
