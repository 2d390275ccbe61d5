// SPDX-License-Identifier: Apache-2.0
//
// Which backend makes the boxes: what was typed, else SANDBOX_BACKEND, else what there is.
#pragma once

#include "options.hpp"

#include <sandbox/backend.hpp>
#include <sandbox/recipe.hpp>

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace sandbox::cli {

enum class BackendKind : std::uint8_t { automatic, native, docker };

/// Options that only one backend has name it. Throws Error for a name that is not known, and for
/// options that contradict each other.
BackendKind wanted_backend(const BackendOptions& options);

/// The kind that is wanted; each there is when that is `automatic`.
std::vector<BackendKind> wanted_backends(const BackendOptions& options);

/// Native or docker. Throws Error.
std::unique_ptr<Backend> make_backend(BackendKind kind, const BackendOptions& options);

/// Where docker was asked for by name, an engine that does not answer is an Error.
bool engine_answers(const BackendOptions& options);

/// What the recipe needs and is not here, with its remedy; "" when it is: its image in an engine
/// that answers, or its toolchain on this host.
std::string missing_image(const BackendOptions& options, const Recipe& recipe);
std::string missing_toolchain(const BackendOptions& options, const Recipe& recipe);

/// The backend for one recipe, its image fetched first where that was asked for; nullptr when
/// `stop` was requested meanwhile. Throws Error, naming both remedies, when neither can run it.
std::unique_ptr<Backend> choose_backend(const BackendOptions& options, const Recipe& recipe,
                                        const std::stop_token& stop);

} // namespace sandbox::cli
