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
constexpr std::size_t most_files = 300'000;

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

std::string below(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

const char* or_itself(const std::string& path) noexcept {
  return path.empty() ? "." : path.c_str();
}

/// Programs are of another user, as a rule.
bool others_may_search(int base, const std::string& path) noexcept {
  struct stat about {};
  return ::fstatat(base, or_itself(path), &about, AT_SYMLINK_NOFOLLOW) != 0 ||
         (about.st_mode & S_IXOTH) != 0 || ::faccessat(base, or_itself(path), X_OK, 0) == 0;
}

} // namespace

void FileRecords::add_file(int base, const std::string& path) {
  struct stat about {};
  if (::fstatat(base, path.c_str(), &about, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) == 0) {
    add_status(base, path, about);
  } else if (errno == ENOENT) {
    hash_.add_field(path + " is not there");
    records_.push_back({base, path, std::nullopt});
  } else {
    os::check(-1, "stat", path);
  }
}

void FileRecords::add_levels(int base, const std::string& path, unsigned levels) {
  add_tree(base, path, levels, false);
}

void FileRecords::add_all(int base, const std::string& path) {
  add_tree(base, path, most_levels, true);
}

void FileRecords::add_tree(int base, const std::string& path, unsigned levels, bool all) {
  if (levels == 0) {
    if (all) {
      throw Error(ErrorCode::unsupported, "toolchain", "is nested deeper than can be looked at");
    }
    return;
  }
  const os::Fd opened(
      ::openat(base, or_itself(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!opened && (errno == ENOENT || errno == ENOTDIR)) {
    return; // removed since: its record tells
  }
  if (!opened && errno == EACCES) {
    if (others_may_search(base, path)) {
      throw Error(ErrorCode::unsupported, path, "may be searched by programs and not listed by us");
    }
    return;
  }
  os::check(opened.get(), "open", path);
  const std::vector<Entry> entries = entries_of(opened.get());
  hash_.add_number(entries.size());
  for (const Entry& entry : entries) {
    if (entry.is_link) {
      hash_.add_field(entry.name); // a link cannot be changed, only replaced: the directory tells
    } else {
      add_child(base, below(path, entry.name), levels - 1, all);
    }
  }
}

void FileRecords::add_child(int base, const std::string& path, unsigned levels, bool all) {
  struct stat about {};
  if (::fstatat(base, path.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) {
    os::check(errno == ENOENT || errno == ENOTDIR ? 0 : -1, "stat", path);
    return;
  }
  add_status(base, path, about);
  if (S_ISDIR(about.st_mode)) {
    add_tree(base, path, levels, all);
  }
}

FileRecords::Status FileRecords::status_of(const struct stat& about) noexcept {
  return {about.st_dev,
          about.st_ino,
          about.st_mode,
          static_cast<std::uint64_t>(about.st_size),
          about.st_rdev,
          static_cast<std::uint64_t>(about.st_mtim.tv_sec),
          static_cast<std::uint64_t>(about.st_mtim.tv_nsec),
          static_cast<std::uint64_t>(about.st_ctim.tv_sec),
          static_cast<std::uint64_t>(about.st_ctim.tv_nsec)};
}

void FileRecords::add_status(int base, const std::string& path, const struct stat& about) {
  if (records_.size() == most_files) {
    throw Error(ErrorCode::unsupported, "toolchain", "has more files than can be looked at");
  }
  const Status status = status_of(about);
  hash_.add_field(path);
  hash_.add({reinterpret_cast<const char*>(status.data()), sizeof status});
  records_.push_back({base, path, status});
  if (later(about.st_ctim, newest_)) {
    newest_ = about.st_ctim;
  }
}

bool FileRecords::still_hold() const noexcept {
  return std::all_of(records_.begin(), records_.end(), [](const Record& record) {
    struct stat about {};
    if (::fstatat(record.base, record.path.c_str(), &about, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) !=
        0) {
      return errno == ENOENT && !record.status;
    }
    return record.status == status_of(about);
  });
}

} // namespace sandbox::native
