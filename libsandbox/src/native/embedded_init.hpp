// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"

namespace sandbox::native {

/// The embedded sandbox-init in a sealed memfd, ready to be executed; nothing can change it
/// (CVE-2019-5736).
os::Fd open_embedded_init();

} // namespace sandbox::native
