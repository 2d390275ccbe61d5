// SPDX-License-Identifier: Apache-2.0
#include <sandbox/error.hpp>
#include <sandbox/limits.hpp>
#include <sandbox/units.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sandbox {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds longest_wall_time = std::chrono::hours{24 * 30};
constexpr double most_cores = 1024;

[[noreturn]] void refuse(std::string_view limit, const std::string& value,
                         std::string_view allowed) {
  throw Error(ErrorCode::invalid_argument, fmt::format("limit {}", limit),
              fmt::format("{} is not allowed: {}", value, allowed));
}

void check_size(std::string_view limit, std::uint64_t value, std::uint64_t smallest,
                bool may_be_unlimited) {
  if (value < smallest || (value == unlimited && !may_be_unlimited)) {
    refuse(limit, value == unlimited ? "unlimited" : fmt::to_string(value),
           fmt::format("at least {}{}", smallest, may_be_unlimited ? ", or unlimited" : ""));
  }
}

struct Setter {
  std::string_view name;
  void (*set)(Limits& limits, std::string_view text);
};

constexpr Setter setters[] = {
    {"cpu_time",
     [](Limits& limits, std::string_view text) {
       limits.cpu_time = parse_duration(text);
       limits.wall_time.reset();
     }},
    {"wall_time", [](Limits& l, std::string_view text) { l.wall_time = parse_duration(text); }},
    {"memory", [](Limits& l, std::string_view text) { l.memory_bytes = parse_size(text); }},
    {"processes", [](Limits& l, std::string_view text) { l.processes = parse_count(text); }},
    {"cores", [](Limits& l, std::string_view text) { l.cores = parse_decimal(text); }},
    {"output", [](Limits& l, std::string_view text) { l.output_bytes = parse_size(text); }},
    {"file_size", [](Limits& l, std::string_view text) { l.file_size_bytes = parse_size(text); }},
    {"disk", [](Limits& l, std::string_view text) { l.disk_bytes = parse_size(text); }},
    {"disk_inodes", [](Limits& l, std::string_view text) { l.disk_inodes = parse_count(text); }},
    {"open_files", [](Limits& l, std::string_view text) { l.open_files = parse_count(text); }},
    {"stack", [](Limits& l, std::string_view text) { l.stack_bytes = parse_size(text); }},
};

} // namespace

nanoseconds wall_time(const Limits& limits) noexcept {
  constexpr nanoseconds beside = std::chrono::seconds{1};
  const nanoseconds cpu_time = limits.cpu_time;
  return limits.wall_time.value_or(
      cpu_time > (longest_wall_time - beside) / 2 ? longest_wall_time : 2 * cpu_time + beside);
}

const std::vector<std::string_view>& limit_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Setter& setter : setters) {
      all.push_back(setter.name);
    }
    return all;
  }();
  return names;
}

void set_limit(Limits& limits, std::string_view name, std::string_view text) {
  const auto* const setter = std::find_if(std::begin(setters), std::end(setters),
                                          [name](const Setter& each) { return each.name == name; });
  if (setter == std::end(setters)) {
    throw Error(ErrorCode::invalid_argument, fmt::format("limit \"{}\"", name), "is not known");
  }
  setter->set(limits, text);
}

Limits default_compile_limits() noexcept {
  Limits limits;
  limits.cpu_time = std::chrono::seconds{10};
  limits.memory_bytes = 512 * MiB;
  limits.processes = 256;
  limits.file_size_bytes = 64 * MiB;
  limits.disk_bytes = 256 * MiB;
  limits.disk_inodes = 16384;
  return limits;
}

void validate(const Limits& limits) {
  if (limits.cpu_time <= nanoseconds::zero()) {
    refuse("cpu_time", fmt::format("{} ns", limits.cpu_time.count()), "more than 0, or unlimited");
  }
  const nanoseconds wall = wall_time(limits);
  if (wall <= nanoseconds::zero() || wall > longest_wall_time) {
    refuse("wall_time", fmt::format("{} ns", wall.count()), "more than 0 and at most 30 days");
  }
  if (!(limits.cores > 0) || limits.cores > most_cores) {
    refuse("cores", fmt::to_string(limits.cores), "more than 0 and at most 1024");
  }
  check_size("memory_bytes", limits.memory_bytes, MiB, true);
  check_size("processes", limits.processes, 1, true);
  check_size("output_bytes", limits.output_bytes, 1, true);
  check_size("file_size_bytes", limits.file_size_bytes, 1, true);
  check_size("disk_bytes", limits.disk_bytes, 4 * KiB, false);
  check_size("disk_inodes", limits.disk_inodes, 2, false);
  check_size("open_files", limits.open_files, 4, false);
  check_size("stack_bytes", limits.stack_bytes, 128 * KiB, true);
}

} // namespace sandbox
