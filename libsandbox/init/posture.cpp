// SPDX-License-Identifier: Apache-2.0
#include "posture.hpp"

#include "figures.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstring>

namespace sandbox::init {
namespace {

/// v1 shows "no limit" as the highest page-aligned number.
constexpr std::uint64_t highest_v1_limit = std::uint64_t{1} << 62;

bool read_text(const char* path, char* text, std::size_t capacity) noexcept {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  const long size = file < 0 ? -1 : ::read(file, text, capacity - 1);
  ::close(file);
  text[size > 0 ? size : 0] = '\0';
  return size > 0;
}

/// "max", -1 and a file that is not there are no limit.
std::uint64_t read_limit(const char* path) noexcept {
  char text[64];
  const std::uint64_t value =
      read_text(path, text, sizeof text) ? parse_figure(text, nullptr) : wire::not_measured;
  return value >= highest_v1_limit ? wire::no_limit : value;
}

void read_v2_limits(wire::Posture& posture) noexcept {
  posture.memory_limit = read_limit("/sys/fs/cgroup/memory.max");
  const std::uint64_t swap = read_limit("/sys/fs/cgroup/memory.swap.max");
  posture.memory_and_swap_limit = swap == wire::no_limit || posture.memory_limit == wire::no_limit
                                      ? wire::no_limit
                                      : posture.memory_limit + swap;
  posture.process_limit = read_limit("/sys/fs/cgroup/pids.max");
  char text[64];
  if (read_text("/sys/fs/cgroup/cpu.max", text, sizeof text)) {
    posture.cpu_quota_us = parse_figure(text, nullptr);
    const char* period = std::strchr(text, ' ');
    posture.cpu_period_us = period != nullptr ? parse_figure(period + 1, nullptr) : 0;
  }
}

void read_v1_limits(wire::Posture& posture) noexcept {
  posture.memory_limit = read_limit("/sys/fs/cgroup/memory/memory.limit_in_bytes");
  posture.memory_and_swap_limit = read_limit("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes");
  posture.process_limit = read_limit("/sys/fs/cgroup/pids/pids.max");
  posture.cpu_quota_us = read_limit("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  posture.cpu_period_us = read_limit("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
}

/// The size of a memory file system of its own at `path`.
std::uint64_t mount_bytes(const char* path, std::uint64_t* inodes = nullptr) noexcept {
  struct statfs about {};
  if (::statfs(path, &about) != 0 || about.f_type != TMPFS_MAGIC) {
    return 0;
  }
  if (inodes != nullptr) {
    *inodes = about.f_files;
  }
  return static_cast<std::uint64_t>(about.f_blocks) * static_cast<std::uint64_t>(about.f_bsize);
}

bool root_is_read_only() noexcept {
  struct statvfs about {};
  return ::statvfs("/", &about) == 0 && (about.f_flag & ST_RDONLY) != 0;
}

bool ids_are_mapped() noexcept {
  char text[256];
  // The initial namespace maps everything onto itself: "0 0 4294967295".
  return read_text("/proc/self/uid_map", text, sizeof text) &&
         std::strstr(text, "4294967295") == nullptr;
}

bool filter_is_loaded() noexcept {
  char text[8192];
  if (!read_text("/proc/self/status", text, sizeof text)) {
    return false;
  }
  const char* line = std::strstr(text, "\nSeccomp:");
  return line != nullptr && parse_figure(line + std::strlen("\nSeccomp:\t"), nullptr) == 2;
}

/// Loopback, and what the kernel puts into every network namespace by itself (tunnels that are
/// down and lead nowhere), are no way out; anything with a route is.
bool has_routes() noexcept {
  char text[4096];
  if (!read_text("/proc/net/route", text, sizeof text)) {
    return true;
  }
  const char* end = std::strchr(text, '\n'); // of the heading
  return end != nullptr && end[1] != '\0';
}

} // namespace

void read_group_limits(wire::Posture& posture) noexcept {
  if (posture.cgroup_version == 2) {
    read_v2_limits(posture);
  } else if (posture.cgroup_version == 1) {
    read_v1_limits(posture);
  }
}

wire::Posture read_posture() noexcept {
  wire::Posture posture;
  posture.cgroup_version = container_group_version();
  read_group_limits(posture);
  posture.box_bytes = mount_bytes("/box", &posture.box_inodes);
  posture.scratch_bytes = mount_bytes("/tmp");
  posture.shared_memory_bytes = mount_bytes("/dev/shm");
  posture.read_only_root = root_is_read_only() ? 1 : 0;
  posture.no_new_privs = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 1 : 0;
  posture.seccomp = filter_is_loaded() ? 1 : 0;
  posture.user_namespace = ids_are_mapped() ? 1 : 0;
  posture.network_reaches = has_routes() ? 1 : 0;
  return posture;
}

} // namespace sandbox::init
