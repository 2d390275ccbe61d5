// SPDX-License-Identifier: Apache-2.0
//
// The backend that a test program was told to use, by name on its command line.
#pragma once

#include <sandbox/backend.hpp>

#include <memory>
#include <string>
#include <vector>

namespace common {

inline constexpr int skipped_status = 77; // what ctest takes for "not possible here"

/// "native" or "docker"; throws std::invalid_argument for another name. An unprivileged user with
/// SANDBOX_TEST_WEAK set accepts what such a user cannot have, and these.
std::unique_ptr<sandbox::Backend> make_backend(const std::string& name,
                                               std::vector<std::string> accept_missing = {});

/// The image that boxes have where the backend wants one.
std::string image();

/// Prints what is missing, with its remedy, when the backend cannot be used here.
bool usable(sandbox::Backend& backend);

} // namespace common
