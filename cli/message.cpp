// SPDX-License-Identifier: Apache-2.0
#include "message.hpp"

#include <cstdio>

namespace sandbox::cli {

void say(const std::string& text) noexcept {
  static_cast<void>(std::fprintf(stderr, "sandboxrun: %s\n", text.c_str()));
}

} // namespace sandbox::cli
