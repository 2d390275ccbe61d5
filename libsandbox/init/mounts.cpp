// SPDX-License-Identifier: Apache-2.0
#include "mounts.hpp"

#include "id_map.hpp"
#include "mount_by_token.hpp"

#include <sys/mount.h>

#include <cinttypes>
#include <cstdio>

namespace sandbox::init {
namespace {

constexpr unsigned long files_flags = MS_NOSUID | MS_NODEV;

struct Size {
  std::uint64_t bytes;
  std::uint64_t inodes;
};

Size of_box(const wire::Launch& launch) noexcept {
  return {launch.disk_bytes, launch.disk_inodes};
}

Size of_scratch(const wire::Launch& launch) noexcept {
  return {launch.scratch_bytes, launch.scratch_inodes};
}

Outcome mount_memory(const char* target, const char* mode, const Size& size,
                     std::uint64_t token) noexcept {
  char options[128];
  std::snprintf(options, sizeof options,
                "mode=%s,uid=%u,gid=%u,size=%" PRIu64 ",nr_inodes=%" PRIu64, mode, program_id,
                program_id, size.bytes, size.inodes);
  return mount_by_token("tmpfs", target, files_flags, options, token);
}

Outcome resize_memory(const char* target, const Size& size, std::uint64_t token) noexcept {
  char options[64];
  std::snprintf(options, sizeof options, "size=%" PRIu64 ",nr_inodes=%" PRIu64, size.bytes,
                size.inodes);
  return mount_by_token("tmpfs", target, MS_REMOUNT | files_flags, options, token);
}

} // namespace

Outcome mount_proc(std::uint64_t token) noexcept {
  // Read-only, so that a program cannot turn the kernel's choice of victim (oom_score_adj) on init.
  return mount_by_token("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "hidepid=2",
                        token);
}

Outcome mount_box(const wire::Launch& launch, std::uint64_t token) noexcept {
  return mount_memory("/box", "0755", of_box(launch), token);
}

Outcome mount_scratch(const wire::Launch& launch, std::uint64_t token) noexcept {
  return mount_memory("/tmp", "1777", of_scratch(launch), token);
}

Outcome resize_files(const wire::Launch& launch, std::uint64_t token) noexcept {
  return in_order([&] { return resize_memory("/box", of_box(launch), token); },
                  [&] { return resize_memory("/tmp", of_scratch(launch), token); });
}

} // namespace sandbox::init
