// SPDX-License-Identifier: Apache-2.0
#include "text/encoding.hpp"

#include <cstdint>

namespace sandbox::text {
namespace {

/// The length of the sequence that `lead` begins, with the range its second byte must be in; 0 for
/// no lead.
struct Sequence {
  std::size_t length;
  unsigned char second_low;
  unsigned char second_high;
};

Sequence sequence(unsigned char lead) noexcept {
  if (lead < 0x80) {
    return {1, 0, 0};
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    return {2, 0x80, 0xBF};
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    return {3, static_cast<unsigned char>(lead == 0xE0 ? 0xA0 : 0x80),
            static_cast<unsigned char>(lead == 0xED ? 0x9F : 0xBF)};
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    return {4, static_cast<unsigned char>(lead == 0xF0 ? 0x90 : 0x80),
            static_cast<unsigned char>(lead == 0xF4 ? 0x8F : 0xBF)};
  }
  return {0, 0, 0};
}

} // namespace

bool is_utf8(std::string_view bytes) noexcept {
  for (std::size_t i = 0; i < bytes.size();) {
    const Sequence next = sequence(static_cast<unsigned char>(bytes[i]));
    if (next.length == 0 || bytes.size() - i < next.length) {
      return false;
    }
    for (std::size_t k = 1; k < next.length; ++k) {
      const auto byte = static_cast<unsigned char>(bytes[i + k]);
      if (byte < (k == 1 ? next.second_low : 0x80) || byte > (k == 1 ? next.second_high : 0xBF)) {
        return false;
      }
    }
    i += next.length;
  }
  return true;
}

std::string to_base64(std::string_view bytes) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    const std::size_t present = bytes.size() - i < 3 ? bytes.size() - i : 3;
    for (std::size_t k = 0; k < 4; ++k) {
      text += k <= present ? alphabet[group >> (18 - 6 * k) & 0x3F] : '=';
    }
  }
  return text;
}

} // namespace sandbox::text
