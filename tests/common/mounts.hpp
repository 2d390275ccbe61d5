// SPDX-License-Identifier: Apache-2.0
//
// The mounts of this host.
#pragma once

#include <string>
#include <vector>

namespace common {

/// Lines of mountinfo without the mount's own number, and without what engines mount here for
/// themselves and their containers, which come and go beside the test.
std::vector<std::string> own_mounts();

} // namespace common
