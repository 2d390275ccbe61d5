// SPDX-License-Identifier: Apache-2.0
//
// What texts of the kernel's say of a container. An image names the mount points in them.
#pragma once

#include <cstdint>
#include <string_view>

namespace sandbox::init {

/// A limit in a control file; wire::no_limit for "max", -1, and what v1 shows instead.
std::uint64_t parse_limit(const char* text) noexcept;

struct CpuQuota {
  std::uint64_t quota_us;
  std::uint64_t period_us; // 0 when the text does not say
};
/// cpu.max of v2: "50000 100000", "max 100000".
CpuQuota parse_cpu_max(const char* text) noexcept;

/// /proc/self/uid_map: whether ids are other ones outside.
bool maps_ids(std::string_view uid_map) noexcept;

/// /proc/self/status: whether a seccomp filter is in force.
bool has_filter(const char* status) noexcept;

/// /proc/net/route: anything under the heading leads out.
bool has_route(std::string_view route) noexcept;
/// /proc/net/ipv6_route: whether a line is of another interface than loopback.
bool has_ipv6_route(std::string_view route) noexcept;

/// A line of /proc/self/mountinfo (proc_pid_mountinfo(5)). Views into it; empty where it is short.
struct Mount {
  std::string_view point;
  std::string_view type;
  bool writable{false};
};
Mount parse_mount(std::string_view line) noexcept;

/// Whether a mount is one that every container has, where no program can leave anything.
bool is_usual(const Mount& mount) noexcept;

} // namespace sandbox::init
