// SPDX-License-Identifier: Apache-2.0
#include <sandbox/error.hpp>
#include <sandbox/limits.hpp>

#include <fmt/format.h>

#include <cmath>

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

} // namespace

nanoseconds default_wall_time(nanoseconds cpu_time) noexcept {
  constexpr nanoseconds beside = std::chrono::seconds{1};
  return cpu_time > (longest_wall_time - beside) / 2 ? longest_wall_time : 2 * cpu_time + beside;
}

Limits compile_limits() noexcept {
  Limits limits;
  limits.cpu_time = std::chrono::seconds{10};
  limits.wall_time = default_wall_time(limits.cpu_time);
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
  if (limits.wall_time <= nanoseconds::zero() || limits.wall_time > longest_wall_time) {
    refuse("wall_time", fmt::format("{} ns", limits.wall_time.count()),
           "more than 0 and at most 30 days");
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
