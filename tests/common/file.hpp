// SPDX-License-Identifier: Apache-2.0
//
// Files that tests read.
#pragma once

#include <string>

namespace common {

/// Where a file of the tests lies: where the environment says, else where it was built.
std::string test_file(const char* variable, const char* built);

/// All bytes of a file; empty when it cannot be read, also when the process it tells of has just
/// ended.
std::string read_file(const std::string& path);

/// The same of a file that has to be there: throws std::runtime_error when it is empty.
std::string read_program(const std::string& path);

} // namespace common
