// SPDX-License-Identifier: Apache-2.0
#include "native/mounts.hpp"

#include "os/file.hpp"

#include <fcntl.h>

#include <algorithm>

namespace sandbox::native {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator)) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

/// mountinfo writes blanks and backslashes as \ooo.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size()) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

void add_mount(std::vector<Mount>& mounts, std::string_view line) {
  constexpr std::size_t first_optional = 6;
  const std::vector<std::string_view> fields = split(line, ' ');
  if (fields.size() < first_optional) {
    return;
  }
  const auto dash = std::find(fields.begin() + first_optional, fields.end(), "-");
  if (fields.end() - dash > 3) {
    mounts.push_back({std::string(fields[0]), std::string(fields[2]), unescape(fields[3]),
                      unescape(fields[4]), std::string(dash[1]), std::string(dash[3])});
  }
}

} // namespace

std::vector<Mount> parse_mounts(std::string_view mountinfo) {
  std::vector<Mount> mounts;
  for (const std::string_view line : split(mountinfo, '\n')) {
    add_mount(mounts, line);
  }
  return mounts;
}

std::vector<Mount> read_mounts() {
  return parse_mounts(os::read_file(AT_FDCWD, "/proc/self/mountinfo"));
}

} // namespace sandbox::native
