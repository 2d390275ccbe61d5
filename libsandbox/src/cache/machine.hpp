// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sandbox::cache {

/// What code made for this machine may rely on: architecture, and what its processors are and can
/// do. A compiler may be told to use all of it (-march=native), or do so unasked. Throws Error.
std::string this_machine();

/// The lines of a /proc/cpuinfo that tell of kinds of processors and what they can do, each once.
std::string processor_kinds(std::string_view cpuinfo);

} // namespace sandbox::cache
