// SPDX-License-Identifier: Apache-2.0
#include "cache/folder.hpp"

#include "os/file.hpp"
#include "os/system_error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <random>

namespace sandbox::cache {
namespace {

constexpr mode_t own_directory = 0700;
constexpr mode_t own_file = 0600;
constexpr mode_t writable_by_others = S_IWGRP | S_IWOTH;
constexpr std::string_view temporary_prefix = "new-";
constexpr std::size_t key_digits = 64;

bool is_hexadecimal(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

os::Fd open_directory(const std::filesystem::path& path) {
  return os::open_at_if_there(AT_FDCWD, path.native(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/// With the folders that it lies in, all of them ours alone, whatever the umask.
void make_directories(const std::filesystem::path& path) {
  std::filesystem::path made;
  for (const std::filesystem::path& part : path) {
    made /= part;
    if (::mkdir(made.c_str(), own_directory) != 0 && errno != EEXIST && made == path) {
      os::check(-1, "mkdir", path.native());
    }
  }
}

void refuse_what_others_write(const struct stat& about, const std::string& path) {
  if (about.st_uid != ::geteuid()) {
    throw Error(ErrorCode::unsupported, path, "belongs to another user");
  }
  if ((about.st_mode & writable_by_others) != 0) {
    throw Error(ErrorCode::unsupported, path, "may be written to by others", "chmod go-w " + path);
  }
}

} // namespace

TemporaryFile::TemporaryFile(int folder) : folder_(folder) {
  std::random_device random;
  name_ = fmt::format("{}{:08x}{:08x}", temporary_prefix, random(), random());
  file_ = os::Fd(::openat(folder_, name_.c_str(),
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, own_file));
  os::check(file_.get(), "create a file in the cache's folder", name_);
}

TemporaryFile::~TemporaryFile() {
  if (!name_.empty()) {
    ::unlinkat(folder_, name_.c_str(), 0);
  }
}

void TemporaryFile::reserve(std::uint64_t size) {
  // Not every file system can; what is written is accounted for all the same.
  if (::fallocate(file_.get(), 0, 0, static_cast<off_t>(size)) != 0 && errno == ENOSPC) {
    os::check(-1, "fallocate", name_);
  }
}

void TemporaryFile::rename(const std::string& name) {
  // Not synced: what a crash of the machine leaves of it is found damaged, and removed.
  os::check(::renameat(folder_, name_.c_str(), folder_, name.c_str()), "rename", name_);
  name_.clear();
}

Folder::Folder(const std::filesystem::path& path) : fd_(open_directory(path)) {
  if (!fd_) {
    make_directories(path);
    fd_ = os::open_at(AT_FDCWD, path.native(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  }
  struct stat about {};
  os::check(::fstat(fd_.get(), &about), "fstat", path.native());
  refuse_what_others_write(about, path.native());
}

os::Fd Folder::open_entry(const std::string& key) const {
  os::Fd file = os::open_at_if_there(fd_.get(), key, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (file) {
    struct stat about {};
    os::check(::fstat(file.get(), &about), "fstat", key);
    refuse_what_others_write(about, key);
    if (!S_ISREG(about.st_mode)) {
      throw Error(ErrorCode::unsupported, key, "is no regular file");
    }
  }
  return file;
}

void Folder::remove_entry(const std::string& key) const noexcept {
  ::unlinkat(fd_.get(), key.c_str(), 0);
}

bool is_entry_name(std::string_view name) noexcept {
  return name.size() == key_digits && is_hexadecimal(name);
}

bool is_temporary_name(std::string_view name) noexcept {
  return name.starts_with(temporary_prefix) && is_hexadecimal(name.substr(temporary_prefix.size()));
}

} // namespace sandbox::cache
