// SPDX-License-Identifier: Apache-2.0
#include "past.hpp"

#include "id_map.hpp"
#include "mount_by_token.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cstdio>

namespace sandbox::init {
namespace {

constexpr const char* folder = "past";
constexpr const char* stack = "past/stack";
constexpr unsigned most_held = 8; // the kernel keeps some 30 KiB for each
/// What is held counts against the memory limit of the boxes that follow.
constexpr std::uint64_t most_bytes = 128 << 10;
constexpr std::uint64_t most_files = 256;

} // namespace

Outcome Past::open(std::uint64_t token) noexcept {
  token_ = token;
  above_ = os::Fd(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  return in_order([&] { return check(above_.get(), "open", "above the root"); },
                  [&] { return begin(); });
}

Outcome Past::begin() noexcept {
  char options[96];
  std::snprintf(options, sizeof options, "mode=0700,uid=%u,gid=%u,size=4k,nr_inodes=2", program_id,
                program_id);
  return in_order(
      [&] { return mount_by_token("tmpfs", folder, MS_NOSUID | MS_NODEV, options, token_); },
      // A file system is moved onto the root of the last one that was.
      [] { return check(::mkdir(stack, 0700), "mkdir", stack); });
}

Outcome Past::take(const char* path) noexcept {
  struct statfs about {};
  if (::statfs(path, &about) != 0) {
    return check(-1, "statfs", path);
  }
  ++held_;
  bytes_ += (about.f_blocks - about.f_bfree) * static_cast<std::uint64_t>(about.f_bsize);
  files_ += about.f_files - about.f_ffree;
  return in_order([&] { return be_unused(path, token_); },
                  [&] { return check(::fchdir(above_.get()), "chdir", "above the root"); },
                  [&] { return move_by_token(path, stack, token_); }, [&] { return settle(); });
}

Outcome Past::settle() noexcept {
  if (held_ < most_held && bytes_ <= most_bytes && files_ <= most_files) {
    return {};
  }
  held_ = 0;
  bytes_ = 0;
  files_ = 0;
  return in_order([&] { return detach_by_token(folder, token_); }, [&] { return begin(); });
}

} // namespace sandbox::init
