// SPDX-License-Identifier: Apache-2.0
#include "cache/account.hpp"

#include "os/system_error.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

namespace sandbox::cache {
namespace {

constexpr const char* sum_name = "sum";
constexpr int most_tries = 500;
constexpr long rest_ns = 1'000'000;
constexpr std::uint64_t block = 4096;
/// A writer takes less for a file; one that is older has lost its own.
constexpr time_t abandoned_s = 3600;

std::uint64_t in_blocks(std::uint64_t bytes) noexcept {
  return (bytes / block + 1) * block;
}

/// flock() knows no deadline, and a process that holds the lock may have been stopped.
os::Fd lock(const Folder& folder) {
  os::Fd file(::openat(folder.get(), sum_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  os::check(file.get(), "open", sum_name);
  for (int i = 0; ::flock(file.get(), LOCK_EX | LOCK_NB) != 0; ++i) {
    if (errno != EWOULDBLOCK && errno != EINTR) {
      os::check(-1, "flock", sum_name);
    }
    if (i == most_tries) {
      throw Error(ErrorCode::resource, "flock", "another process keeps the cache locked");
    }
    const timespec rest{0, rest_ns};
    ::nanosleep(&rest, nullptr);
  }
  return file;
}

/// Nothing in a new file.
std::optional<std::uint64_t> read_sum(int file) {
  std::uint64_t sum = 0;
  const ssize_t size = ::pread(file, &sum, sizeof sum, 0);
  os::check(static_cast<int>(std::min<ssize_t>(size, 0)), "read", sum_name);
  return size == sizeof sum ? std::optional(sum) : std::nullopt;
}

void write_sum(int file, std::uint64_t sum) {
  const ssize_t size = ::pwrite(file, &sum, sizeof sum, 0);
  os::check(size == sizeof sum ? 0 : -1, "write", sum_name);
}

struct Used {
  timespec when;
  std::uint64_t bytes;
  std::string name;
};

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// Everything of ours in the folder; what others keep there is not looked at.
std::vector<Used> list(const Folder& folder) {
  os::Fd fd(::openat(folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  os::check(fd.get(), "open", "the cache's folder");
  const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(fd.get()));
  os::check(directory != nullptr ? fd.release() : -1, "fdopendir");
  std::vector<Used> all;
  while (const dirent* found = ::readdir(directory.get())) {
    struct stat about {};
    if ((is_entry_name(found->d_name) || is_temporary_name(found->d_name)) &&
        ::fstatat(folder.get(), found->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0) {
      all.push_back(
          {about.st_mtim, in_blocks(static_cast<std::uint64_t>(about.st_size)), found->d_name});
    }
  }
  return all;
}

bool may_go(const Used& file, time_t now) {
  return !is_temporary_name(file.name) || file.when.tv_sec < now - abandoned_s;
}

/// Counts. When that is more than `most`, removes the oldest, and some more than is needed, so that
/// not every entry that comes has all of them counted.
std::uint64_t shrink(const Folder& folder, std::uint64_t most) {
  std::vector<Used> all = list(folder);
  std::sort(all.begin(), all.end(), [](const Used& one, const Used& other) {
    return std::tie(one.when.tv_sec, one.when.tv_nsec) <
           std::tie(other.when.tv_sec, other.when.tv_nsec);
  });
  std::uint64_t sum = 0;
  for (const Used& file : all) {
    sum += file.bytes;
  }
  if (sum <= most) {
    return sum;
  }
  const std::uint64_t goal = most - most / 8;
  const time_t now = ::time(nullptr);
  for (const Used& file : all) {
    if (sum <= goal) {
      break;
    }
    if (may_go(file, now) && ::unlinkat(folder.get(), file.name.c_str(), 0) == 0) {
      sum -= file.bytes;
    }
  }
  return sum;
}

} // namespace

void make_room(const Folder& folder, std::uint64_t bytes, std::uint64_t max_bytes) {
  const std::uint64_t needed = in_blocks(bytes);
  if (needed > max_bytes) {
    throw Error(ErrorCode::unsupported, "cache", "is smaller than this entry");
  }
  const os::Fd file = lock(folder);
  std::optional<std::uint64_t> sum = read_sum(file.get());
  const std::uint64_t room = max_bytes - needed;
  if (!sum || *sum > room) {
    sum = shrink(folder, room);
  }
  if (*sum > room) {
    throw Error(ErrorCode::resource, "cache", "is full of what is being written");
  }
  write_sum(file.get(), *sum + needed);
}

} // namespace sandbox::cache
