// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/report.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace sandbox::cli {

/// Writes artifacts below `directory`, making folders as needed. Their names are the program's: no
/// link is followed, no name leads out, and what exists is left alone unless `force`. Throws Error.
void write_artifacts(const std::vector<Artifact>& artifacts, const std::filesystem::path& directory,
                     bool force);

/// A name for people: bytes that are no printable ASCII as \xNN.
std::string printable(std::string_view name);

} // namespace sandbox::cli
