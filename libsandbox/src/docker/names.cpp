// SPDX-License-Identifier: Apache-2.0
#include "docker/names.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <regex>

namespace sandbox::docker {
namespace {

constexpr std::size_t longest_name = 255;

// Classes are spelled out: \w and \d depend on the application's locale.
constexpr const char* image_pattern =
    "(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
    "|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?/)?"
    "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*)*"
    "(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    "(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?";

void validate(std::string_view name, const std::regex& pattern, const char* what) {
  // std::regex recurses for each byte: the length comes first.
  if (name.size() > longest_name || !std::regex_match(name.begin(), name.end(), pattern)) {
    throw Error(ErrorCode::invalid_argument, what, fmt::format("this is no name of a {}", what));
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '.' ||
         c == '_' || c == '~';
}
bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'F');
}

bool is_encoded(std::string_view segment) {
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] == '%') {
      if (segment.size() - i < 3 || !is_hexadecimal(segment[i + 1]) ||
          !is_hexadecimal(segment[i + 2])) {
        return false;
      }
      i += 2;
    } else if (!is_unreserved(segment[i]) && segment[i] != ':' && segment[i] != '@') {
      return false;
    }
  }
  return true;
}

bool is_dots(std::string_view segment) {
  std::size_t dots = 0;
  for (; !segment.empty(); ++dots) {
    const std::string_view dot = segment.starts_with('%') ? "%2E" : ".";
    if (!segment.starts_with(dot)) {
      return false;
    }
    segment.remove_prefix(dot.size());
  }
  return dots == 1 || dots == 2;
}

} // namespace

void validate_container_id(std::string_view id) {
  static const std::regex pattern("[0-9a-f]{12,64}");
  validate(id, pattern, "container");
}

void validate_image(std::string_view image) {
  static const std::regex pattern(image_pattern);
  validate(image, pattern, "image");
}

void validate_volume(std::string_view volume) {
  static const std::regex pattern("[A-Za-z0-9]([_-]|\\.(?!\\.)|[A-Za-z0-9])+");
  validate(volume, pattern, "volume");
}

void validate_path(std::string_view path) {
  bool sound = path.starts_with('/') && path.size() <= 4096;
  while (sound && !path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    sound = !segment.empty() && is_encoded(segment) && !is_dots(segment);
    path.remove_prefix(segment.size());
  }
  if (!sound) {
    throw Error(ErrorCode::invalid_argument, "request", "its path is malformed");
  }
}

std::string encode_segment(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (is_unreserved(c)) {
      encoded += c;
    } else {
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

} // namespace sandbox::docker
