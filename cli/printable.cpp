// SPDX-License-Identifier: Apache-2.0
#include "printable.hpp"

#include <fmt/format.h>

namespace sandbox::cli {

std::string printable(std::string_view bytes, std::size_t longest) {
  std::string text;
  for (const char c : bytes.substr(0, longest)) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte >= 0x20 && byte < 0x7F && byte != '\\' ? std::string(1, c)
                                                        : fmt::format("\\x{:02x}", byte);
  }
  return bytes.size() > longest ? text + "..." : text;
}

} // namespace sandbox::cli
