// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cache/entry.hpp"
#include "sandbox/cached_compile.hpp"

#include <vector>

namespace sandbox {

/// Of /box, after compiling.
inline constexpr std::uint64_t most_compiled_entries = 100'000;

/// The files of the box that its compile stage added or changed, but for the recipe's scratch;
/// their digests are not filled in. Throws Error(unsupported) when putting these beside the sources
/// would not make the same box: a link, an empty folder, a source that is gone.
std::vector<cache::StoredFile> compiled_files(Session& session, const CompileInput& input);

} // namespace sandbox
