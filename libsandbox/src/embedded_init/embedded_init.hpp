// SPDX-License-Identifier: Apache-2.0
//
// The sandbox-init executable that every application with this library carries.
#pragma once

#include "os/fd.hpp"

#include <string_view>

namespace sandbox {

std::string_view embedded_init() noexcept;

/// In a sealed memfd, ready to be executed; nothing can change it (CVE-2019-5736).
os::Fd open_embedded_init();

} // namespace sandbox
