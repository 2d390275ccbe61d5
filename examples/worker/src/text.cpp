// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

#include <algorithm>

namespace worker {

std::string beginning(const std::string& text, std::size_t max_bytes) {
  std::size_t end = std::min(text.size(), max_bytes);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return text.substr(0, end);
}

} // namespace worker
