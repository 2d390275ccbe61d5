// SPDX-License-Identifier: Apache-2.0
#include "kernel_texts.hpp"

#include "figures.hpp"

#include <algorithm>
#include <cstring>
#include <initializer_list>

namespace sandbox::init {
namespace {

/// v1 shows "no limit" as the highest page-aligned number.
constexpr std::uint64_t highest_v1_limit = std::uint64_t{1} << 62;

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> all) noexcept {
  return std::any_of(all.begin(), all.end(),
                     [text](std::string_view each) { return text.starts_with(each); });
}

/// Takes what is before the next `separator` off `text`.
std::string_view next_part(std::string_view& text, char separator) noexcept {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

} // namespace

std::uint64_t parse_limit(const char* text) noexcept {
  const std::uint64_t value = parse_figure(text, nullptr);
  return value >= highest_v1_limit ? wire::no_limit : value;
}

CpuQuota parse_cpu_max(const char* text) noexcept {
  const char* period = std::strchr(text, ' ');
  return {parse_figure(text, nullptr), period != nullptr ? parse_figure(period + 1, nullptr) : 0};
}

bool maps_ids(std::string_view uid_map) noexcept {
  // The initial namespace maps everything onto itself: "0 0 4294967295".
  return uid_map.find("4294967295") == std::string_view::npos;
}

bool has_filter(const char* status) noexcept {
  constexpr std::string_view key = "\nSeccomp:\t";
  const char* line = std::strstr(status, key.data());
  return line != nullptr && parse_figure(line + key.size(), nullptr) == 2;
}

bool has_route(std::string_view route) noexcept {
  next_part(route, '\n'); // the heading
  return !route.empty();
}

bool has_ipv6_route(std::string_view route) noexcept {
  while (!route.empty()) {
    if (!next_part(route, '\n').ends_with(" lo")) {
      return true;
    }
  }
  return false;
}

// "id parent major:minor root POINT OPTIONS [optional]... - TYPE source options"
Mount parse_mount(std::string_view line) noexcept {
  constexpr int parts_before = 4;
  for (int i = 0; i < parts_before; ++i) {
    next_part(line, ' ');
  }
  Mount mount;
  mount.point = next_part(line, ' ');
  mount.writable = next_part(line, ' ').starts_with("rw");
  const std::size_t dash = line.find("- ");
  if (dash != std::string_view::npos) {
    line.remove_prefix(dash + 2);
    mount.type = next_part(line, ' ');
  }
  return mount;
}

bool is_usual(const Mount& mount) noexcept {
  const std::string_view type = mount.type;
  if (!mount.writable || type == "proc" || type == "sysfs" || type.starts_with("cgroup") ||
      type == "devpts" || type == "mqueue") {
    return true;
  }
  if (type != "tmpfs") {
    return false;
  }
  const bool ours = mount.point == "/box" || mount.point == "/tmp" || mount.point == "/dev/shm";
  return ours || starts_with_any(mount.point, {"/proc/", "/sys/"}); // the latter the engine's
}

} // namespace sandbox::init
