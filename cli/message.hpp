// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sandbox::cli {

/// "sandboxrun: TEXT" on stderr. A stderr that cannot be written to changes no exit status.
void say(const std::string& text) noexcept;

} // namespace sandbox::cli
