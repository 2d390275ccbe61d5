// SPDX-License-Identifier: Apache-2.0
#include "posture.hpp"

#include "figures.hpp"
#include "kernel_texts.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace sandbox::init {
namespace {

bool read_text(const char* path, char* text, std::size_t capacity) noexcept {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  std::size_t total = 0;
  long size = -1;
  // The kernel gives a long text in pieces.
  while (total < capacity - 1 && (size = ::read(file, text + total, capacity - 1 - total)) > 0) {
    total += static_cast<std::size_t>(size);
  }
  ::close(file);
  text[total] = '\0';
  return total > 0;
}

bool read_control(const char* path, char* text, std::size_t capacity) noexcept {
  return is_control_file(path) && read_text(path, text, capacity);
}

/// A file that is not there is no limit.
std::uint64_t read_limit(const char* path) noexcept {
  char text[64];
  return read_control(path, text, sizeof text) ? parse_limit(text) : wire::no_limit;
}

void read_v2_limits(wire::Posture& posture) noexcept {
  posture.memory_limit = read_limit("/sys/fs/cgroup/memory.max");
  const std::uint64_t swap = read_limit("/sys/fs/cgroup/memory.swap.max");
  posture.memory_and_swap_limit = swap == wire::no_limit || posture.memory_limit == wire::no_limit
                                      ? wire::no_limit
                                      : posture.memory_limit + swap;
  posture.process_limit = read_limit("/sys/fs/cgroup/pids.max");
  char text[64];
  if (read_control("/sys/fs/cgroup/cpu.max", text, sizeof text)) {
    const CpuQuota quota = parse_cpu_max(text);
    posture.cpu_quota_us = quota.quota_us;
    posture.cpu_period_us = quota.period_us;
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

bool ids_are_mapped() noexcept {
  char text[256];
  return read_text("/proc/self/uid_map", text, sizeof text) && maps_ids(text);
}

bool filter_is_loaded() noexcept {
  char text[8192];
  return read_text("/proc/self/status", text, sizeof text) && has_filter(text);
}

/// Loopback, and what the kernel puts into every network namespace by itself (tunnels that are
/// down and lead nowhere), are no way out; anything with a route is.
bool has_routes() noexcept {
  char text[4096];
  if (!read_text("/proc/net/route", text, sizeof text) || has_route(text)) {
    return true;
  }
  // A kernel without IPv6 has no such file.
  return read_text("/proc/net/ipv6_route", text, sizeof text) && has_ipv6_route(text);
}

/// The engine's /etc/hosts and its like are files, of root's.
bool is_directory(std::string_view path) noexcept {
  char terminated[256];
  struct stat about {};
  if (path.size() >= sizeof terminated) {
    return true;
  }
  path.copy(terminated, path.size());
  terminated[path.size()] = '\0';
  return ::stat(terminated, &about) != 0 || S_ISDIR(about.st_mode);
}

bool only_root_writes(const char* path) noexcept {
  struct stat about {};
  return ::stat(path, &about) == 0 && about.st_uid == 0 &&
         (about.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool is_other_mount(const Mount& mount) noexcept {
  if (is_usual(mount)) {
    return false;
  }
  if (mount.type == "tmpfs" && mount.point == "/dev") {
    return !only_root_writes("/dev");
  }
  return is_directory(mount.point);
}

bool has_other_mounts() noexcept {
  static char text[64 << 10]; // more than that is no container of ours
  if (!read_text("/proc/self/mountinfo", text, sizeof text)) {
    return true;
  }
  std::string_view rest = text;
  if (rest.size() == sizeof text - 1) {
    return true;
  }
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (is_other_mount(parse_mount(rest.substr(0, end)))) {
      return true;
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

} // namespace

bool root_is_read_only() noexcept {
  struct statvfs about {};
  return ::statvfs("/", &about) == 0 && (about.f_flag & ST_RDONLY) != 0;
}

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
  posture.other_mounts = has_other_mounts() ? 1 : 0;
  return posture;
}

} // namespace sandbox::init
