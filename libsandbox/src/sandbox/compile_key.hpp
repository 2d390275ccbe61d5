// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sandbox/cached_compile.hpp"

#include <string>

namespace sandbox {

/// A digest of all that a compile stage depends on. `root` is Session::root_identity() of its box,
/// `machine` cache::this_machine().
std::string compile_key(const CompileInput& input, const std::string& root,
                        const std::string& machine);

} // namespace sandbox
