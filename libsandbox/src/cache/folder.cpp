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

void make_directory(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (::mkdir(path.c_str(), own_directory) != 0 && errno != EEXIST) {
    os::check(-1, "mkdir", path.native());
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

void TemporaryFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    os::check(static_cast<int>(std::min<ssize_t>(written, 0)), "write", name_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void TemporaryFile::rename(const std::string& name) {
  // Not synced: what a crash of the machine leaves of it is found damaged, and removed.
  os::check(::renameat(folder_, name_.c_str(), folder_, name.c_str()), "rename", name_);
  name_.clear();
}

Folder::Folder(const std::filesystem::path& path) : fd_(open_directory(path)) {
  if (!fd_) {
    make_directory(path);
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
