// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sandbox::cli {

/// A file of the user's, at most 64 MiB. Throws Error for what is missing, a directory, unreadable
/// or larger.
std::string read_file(const std::filesystem::path& path);

/// A descriptor until its end, within the same bound; `name` for the error.
std::string read_stream(int descriptor, std::string_view name);

} // namespace sandbox::cli
