// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/engine.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace sandbox::docker {

/// Whether the engine tells of an out-of-memory kill in a container since then. It hears of one on
/// a way of its own, and may do so after init has ended: it is asked again and again for a second.
/// Works for a container that is gone as well. Nothing when the engine cannot say.
std::optional<bool> ran_out_of_memory(const Engine& engine, const std::string& container,
                                      std::chrono::system_clock::time_point since) noexcept;

} // namespace sandbox::docker
