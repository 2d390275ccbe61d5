// SPDX-License-Identifier: Apache-2.0
//
// Walks over what a program left. No process of it lives, so nothing moves underneath; the walk
// holds one descriptor at any depth and climbs by "..".
#include "files.hpp"
#include "send_frame.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cstring>
#include <string_view>

namespace sandbox::init {
namespace {

constexpr std::size_t max_depth = PATH_MAX / 2;

/// Entries of one directory, from any offset.
class Listing {
 public:
  void restart(std::int64_t offset) noexcept {
    offset_ = offset;
    error_ = 0;
    begin_ = end_ = 0;
  }
  /// nullptr at the end, or when the directory cannot be read.
  const dirent64* next(int directory) noexcept {
    for (;;) {
      if (begin_ == end_) {
        end_ = ::lseek(directory, offset_, SEEK_SET);
        if (end_ >= 0) {
          end_ = ::syscall(SYS_getdents64, directory, buffer_, sizeof buffer_);
        }
        begin_ = 0;
        if (end_ <= 0) {
          error_ = end_ < 0 ? errno : 0;
          end_ = 0;
          return nullptr;
        }
      }
      const auto* entry = reinterpret_cast<const dirent64*>(buffer_ + begin_);
      begin_ += entry->d_reclen;
      offset_ = entry->d_off;
      if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0) {
        return entry;
      }
    }
  }
  std::int64_t offset() const noexcept { return offset_; }
  /// After nullptr: why it could not be read, 0 at the end.
  int error() const noexcept { return error_; }

 private:
  alignas(8) char buffer_[8192];
  std::int64_t offset_{0};
  int error_{0};
  long begin_{0};
  long end_{0};
};

Listing listing;
std::int64_t offsets[max_depth];
char path[PATH_MAX];

wire::EntryType entry_type(mode_t mode) noexcept {
  if (S_ISREG(mode)) {
    return wire::EntryType::file;
  }
  if (S_ISDIR(mode)) {
    return wire::EntryType::directory;
  }
  return S_ISLNK(mode) ? wire::EntryType::symlink : wire::EntryType::other;
}

os::Fd open_directory(int parent, const char* name) noexcept {
  return os::Fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// A program may have left a directory that not even its owner may read or search; the owner may
/// change that.
os::Fd open_closed_directory(int parent, const char* name) noexcept {
  os::Fd directory = open_directory(parent, name);
  if (!directory && errno == EACCES) {
    ::fchmodat(parent, name, 0700, 0);
    directory = open_directory(parent, name);
  }
  struct stat about {};
  if (directory && ::fstat(directory.get(), &about) == 0 && (about.st_mode & S_IRWXU) != S_IRWXU) {
    ::fchmod(directory.get(), (about.st_mode & ALLPERMS) | S_IRWXU);
  }
  return directory;
}

/// Puts `name` behind the path; false when it would be too long to be asked for.
bool append(std::size_t& length, const char* name) noexcept {
  const std::size_t name_length = std::strlen(name);
  if (length + name_length + 2 >= sizeof path) {
    return false;
  }
  if (length > 0) {
    path[length++] = '/';
  }
  std::memcpy(path + length, name, name_length + 1);
  length += name_length;
  return true;
}

std::size_t parent_length(std::size_t length) noexcept {
  const std::size_t slash = std::string_view(path, length).rfind('/');
  return slash == std::string_view::npos ? 0 : slash;
}

struct Walk {
  os::Fd directory;
  std::size_t depth{0};
  std::size_t length{0};
  bool complete{true};

  bool climb() noexcept {
    if (depth == 0) {
      return false;
    }
    directory = open_directory(directory.get(), "..");
    listing.restart(offsets[--depth]);
    length = parent_length(length);
    complete = complete && directory;
    return static_cast<bool>(directory);
  }

  void descend(const char* name, std::size_t new_length) noexcept {
    os::Fd child = open_closed_directory(directory.get(), name);
    if (!child || depth + 1 == max_depth) {
      complete = false;
      return;
    }
    offsets[depth++] = listing.offset();
    listing.restart(0);
    directory = std::move(child);
    length = new_length;
  }
};

Outcome empty(const char* root) noexcept {
  os::Fd directory = open_closed_directory(AT_FDCWD, root);
  std::size_t depth = 0;
  if (!directory) {
    return check(-1, "open", root);
  }
  ::fchmod(directory.get(), std::strcmp(root, "/box") == 0 ? 0755 : 01777);
  listing.restart(0);
  for (;;) {
    const dirent64* entry = listing.next(directory.get());
    if (entry == nullptr) {
      if (listing.error() != 0) {
        return {"read directory", root, listing.error()};
      }
      if (depth == 0) {
        return {};
      }
      directory = open_directory(directory.get(), "..");
      --depth;
      listing.restart(0);
      continue;
    }
    if (::unlinkat(directory.get(), entry->d_name, 0) == 0 ||
        ::unlinkat(directory.get(), entry->d_name, AT_REMOVEDIR) == 0) {
      continue;
    }
    // EACCES: the directory we are in has lost its own write permission.
    if (errno == EACCES && ::fchmod(directory.get(), 0700) == 0) {
      listing.restart(0);
      continue;
    }
    if (errno != ENOTEMPTY) {
      return check(-1, "unlink", root);
    }
    os::Fd child = open_closed_directory(directory.get(), entry->d_name);
    if (!child) {
      return check(-1, "open", root);
    }
    directory = std::move(child);
    ++depth;
    listing.restart(0);
  }
}

} // namespace

bool send_list(int stream, std::uint64_t max_entries) noexcept {
  Walk walk;
  walk.directory = open_closed_directory(AT_FDCWD, "/box");
  walk.complete = static_cast<bool>(walk.directory);
  listing.restart(0);
  std::uint64_t sent = 0;
  while (walk.directory) {
    const dirent64* found = listing.next(walk.directory.get());
    if (found == nullptr) {
      walk.complete = walk.complete && listing.error() == 0;
      if (!walk.climb()) {
        break;
      }
      continue;
    }
    std::size_t length = walk.length;
    struct stat about {};
    if (sent == max_entries || !append(length, found->d_name)) {
      walk.complete = false;
      if (sent == max_entries) {
        break;
      }
      continue;
    }
    if (::fstatat(walk.directory.get(), found->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0) {
      walk.complete = false;
      continue;
    }
    wire::Entry entry;
    entry.path = {path, length};
    entry.kind = entry_type(about.st_mode);
    entry.size = static_cast<std::uint64_t>(about.st_size);
    entry.executable = (about.st_mode & S_IXUSR) != 0 ? 1 : 0;
    ++sent;
    if (!send_frame(stream, entry)) {
      return false;
    }
    if (S_ISDIR(about.st_mode)) {
      walk.descend(found->d_name, length);
    }
  }
  return send_frame(stream, wire::EndOfList{static_cast<std::uint8_t>(walk.complete ? 0 : 1)});
}

Outcome remove_all() noexcept {
  return in_order([] { return empty("/box"); }, [] { return empty("/tmp"); },
                  [] {
                    struct stat about {}; // a link to /tmp in native boxes
                    const bool own = ::lstat("/dev/shm", &about) == 0 && S_ISDIR(about.st_mode);
                    return own ? empty("/dev/shm") : Outcome{};
                  });
}

} // namespace sandbox::init
