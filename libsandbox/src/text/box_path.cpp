// SPDX-License-Identifier: Apache-2.0
#include "text/box_path.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <string>

namespace sandbox::text {
namespace {

bool is_control(char c) {
  return (c >= 0 && c < 0x20) || c == 0x7F;
}

[[noreturn]] void refuse(std::string_view path, std::string_view why) {
  std::string shown;
  for (const char c : path.substr(0, 200)) {
    shown += is_control(c) ? fmt::format("\\x{:02x}", c) : std::string(1, c);
  }
  throw Error(ErrorCode::invalid_argument, fmt::format("file name \"{}\"", shown),
              std::string(why));
}

} // namespace

void validate_box_path(std::string_view path) {
  if (path.empty()) {
    refuse(path, "is empty");
  }
  if (path.front() == '/') {
    refuse(path, "must be relative to /box");
  }
  if (path.size() >= PATH_MAX) {
    refuse(path, "is longer than 4095 bytes");
  }
  if (path.find('\0') != std::string_view::npos) {
    refuse(path.substr(0, path.find('\0')), "holds a NUL byte");
  }
  for (std::string_view rest = path;;) {
    const std::size_t slash = rest.find('/');
    const std::string_view component = rest.substr(0, slash);
    if (component.empty() || component == "." || component == "..") {
      refuse(path, "must not hold empty parts, `.` or `..`");
    }
    if (component.size() > NAME_MAX) {
      refuse(path, "has a part longer than 255 bytes");
    }
    if (slash == std::string_view::npos) {
      return;
    }
    rest.remove_prefix(slash + 1);
  }
}

void validate_new_box_path(std::string_view path) {
  validate_box_path(path);
  if (std::any_of(path.begin(), path.end(), is_control)) {
    refuse(path, "must not hold control bytes, such as newlines");
  }
}

} // namespace sandbox::text
