// SPDX-License-Identifier: Apache-2.0
#include "native/file_records.hpp"

#include "os/fd.hpp"
#include "os/system_error.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>
#include <vector>

namespace sandbox::native {
namespace {

/// More than that is no toolchain, and looking takes longer than compiling.
constexpr unsigned long most_files = 1'000'000;

struct Entry {
  std::string name;
  bool is_link;
};

/// Sorted: the order that a file system gives them in is its own affair.
std::vector<Entry> entries_of(int directory) {
  std::vector<char> buffer(32 << 10); // not on the stack of whoever goes down many levels
  std::vector<Entry> entries;
  for (;;) {
    const ssize_t size = ::getdents64(directory, buffer.data(), buffer.size());
    if (os::check(static_cast<int>(size), "getdents64", "a directory of the toolchain") == 0) {
      break;
    }
    for (ssize_t at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const dirent64*>(buffer.data() + at);
      if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
        entries.push_back({entry->d_name, entry->d_type == DT_LNK});
      }
      at += entry->d_reclen;
    }
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry& one, const Entry& other) { return one.name < other.name; });
  return entries;
}

bool later(const timespec& one, const timespec& other) noexcept {
  return std::tie(one.tv_sec, one.tv_nsec) > std::tie(other.tv_sec, other.tv_nsec);
}

} // namespace

void FileRecords::add_file(int directory, const std::string& path) {
  struct stat about {};
  if (::fstatat(directory, path.c_str(), &about, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0) {
    add_status(path, about);
  } else if (errno == ENOENT) {
    hash_.add_field(path + " is not there");
  } else {
    os::check(-1, "stat", path);
  }
}

void FileRecords::add_tree(int directory, unsigned levels, bool all) {
  if (levels == 0) {
    if (all) {
      throw Error(ErrorCode::unsupported, "toolchain", "is nested deeper than can be looked at");
    }
    return;
  }
  const os::Fd opened(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened && errno == EACCES) {
    return;
  }
  os::check(opened.get(), "open", "a directory of the toolchain");
  const std::vector<Entry> entries = entries_of(opened.get());
  hash_.add_number(entries.size());
  for (const Entry& entry : entries) {
    if (entry.is_link) {
      hash_.add_field(entry.name); // a link cannot be changed, only replaced: the directory tells
    } else {
      add_child(opened.get(), entry.name, levels - 1, all);
    }
  }
}

void FileRecords::add_child(int directory, const std::string& name, unsigned levels, bool all) {
  const auto was_removed = [] { return errno == ENOENT || errno == ENOTDIR; };
  struct stat about {};
  if (::fstatat(directory, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) {
    os::check(was_removed() ? 0 : -1, "stat", name);
    return;
  }
  add_status(name, about);
  if (S_ISDIR(about.st_mode)) {
    const os::Fd child(
        ::openat(directory, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (child) {
      add_tree(child.get(), levels, all);
    } else {
      os::check(was_removed() ? 0 : -1, "open", name);
    }
  }
}

void FileRecords::add_status(std::string_view name, const struct stat& about) {
  if (++files_ > most_files) {
    throw Error(ErrorCode::unsupported, "toolchain", "has more files than can be looked at");
  }
  const std::uint64_t record[] = {
      about.st_dev,
      about.st_ino,
      about.st_mode,
      static_cast<std::uint64_t>(about.st_size),
      about.st_rdev,
      static_cast<std::uint64_t>(about.st_mtim.tv_sec),
      static_cast<std::uint64_t>(about.st_mtim.tv_nsec),
      static_cast<std::uint64_t>(about.st_ctim.tv_sec),
      static_cast<std::uint64_t>(about.st_ctim.tv_nsec),
  };
  hash_.add_field(name);
  hash_.add({reinterpret_cast<const char*>(record), sizeof record});
  if (later(about.st_ctim, newest_)) {
    newest_ = about.st_ctim;
  }
}

} // namespace sandbox::native
