// SPDX-License-Identifier: Apache-2.0
#include "scratch_watch.hpp"

#include "os/fd.hpp"

#include <fcntl.h>
#include <sys/xattr.h>

#include <cerrno>
#include <tuple>

namespace sandbox::init {
namespace {

constexpr const char* scratch = "/tmp";

/// A file system in memory counts its inodes up (mm/shmem.c, shmem_reserve_inode): the number tells
/// whether there were any meanwhile, nameless ones too. 0 when it cannot be told.
std::uint64_t next_inode() noexcept {
  const os::Fd file(::open(scratch, O_TMPFILE | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  struct stat about {};
  return file && ::fstat(file.get(), &about) == 0 ? about.st_ino : 0;
}

auto comparable(const timespec& time) noexcept {
  return std::tuple(time.tv_sec, time.tv_nsec);
}

auto comparable(const struct stat& about) noexcept {
  return std::tuple(about.st_dev, about.st_ino, about.st_mode, about.st_uid, about.st_gid,
                    about.st_nlink, about.st_size, comparable(about.st_atim),
                    comparable(about.st_mtim), comparable(about.st_ctim));
}

} // namespace

// Before Linux 6.1 to set an attribute is no change of /tmp (mm/shmem.c, shmem_xattr_handler_set).
// Others take a capability, or are kept with their time.
ScratchWatch::Label ScratchWatch::label() noexcept {
  Label label{};
  label.size = ::getxattr(scratch, "security.selinux", label.text, sizeof label.text);
  if (label.size < 0) {
    label.size = -errno;
  }
  return label;
}

void ScratchWatch::remember() noexcept {
  last_inode_ = next_inode();
  seen_label_ = label();
  if (::stat(scratch, &seen_) != 0 || seen_label_.size == -ERANGE) {
    last_inode_ = 0;
  }
}

void ScratchWatch::box_begins() noexcept {
  ::clock_gettime(CLOCK_REALTIME_COARSE, &begun_);
}

bool ScratchWatch::is_untouched() noexcept {
  // Nobody can set the time of a change. It is that of the last tick (current_time() in
  // fs/inode.c): one within the tick in which /tmp was made would not show. What changes no
  // directory takes an inode.
  struct stat now {};
  if (last_inode_ == 0 || comparable(begun_) <= comparable(seen_.st_ctim) ||
      ::stat(scratch, &now) != 0 || comparable(now) != comparable(seen_) ||
      label() != seen_label_) {
    return false;
  }
  const std::uint64_t inode = next_inode();
  const bool is_next = inode == last_inode_ + 1;
  last_inode_ = inode;
  return is_next;
}

} // namespace sandbox::init
