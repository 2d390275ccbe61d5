// SPDX-License-Identifier: Apache-2.0
//
// The mounts of this host.
#pragma once

#include <string>
#include <vector>

namespace common {

/// Lines of mountinfo without the mount's own number, and without what an engine mounts here for
/// its containers, which come and go beside the test.
std::vector<std::string> own_mounts();

} // namespace common
