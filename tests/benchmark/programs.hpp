// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/backend.hpp>

#include <string>
#include <vector>

namespace benchmark {

std::string file_bytes(const std::string& path);

/// The static no-op, as a submission would bring it.
std::string noop_bytes();

sandbox::Command command_of(std::vector<std::string> argv);

/// Throws std::runtime_error unless the program ends well.
sandbox::Result run(sandbox::Session& session, const sandbox::Command& command);

} // namespace benchmark
