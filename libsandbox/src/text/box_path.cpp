// SPDX-License-Identifier: Apache-2.0
#include "text/box_path.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <climits>

namespace sandbox::text {
namespace {

[[noreturn]] void refuse(std::string_view path, std::string_view why) {
  throw Error(ErrorCode::invalid_argument, fmt::format("file name \"{}\"", path.substr(0, 200)),
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

} // namespace sandbox::text
