// SPDX-License-Identifier: Apache-2.0
#include "os/file.hpp"

#include "os/system_error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace sandbox::os {
namespace {

constexpr std::size_t max_size = 16 << 20;

} // namespace

Fd open_at(int directory, const std::string& path, int flags) {
  return Fd(check(::openat(directory, path.c_str(), flags | O_CLOEXEC), "open", path));
}

Fd try_open_at(int directory, const std::string& path, int flags) noexcept {
  return Fd(::openat(directory, path.c_str(), flags | O_CLOEXEC));
}

Fd open_at_if_there(int directory, const std::string& path, int flags) {
  Fd file = try_open_at(directory, path, flags);
  if (!file && errno != ENOENT) {
    check(-1, "open", path);
  }
  return file;
}

std::string read_file(int directory, const std::string& path) {
  return read_fd(open_at(directory, path, O_RDONLY).get());
}

std::string read_fd(int fd) {
  std::string text;
  char part[4096];
  for (;;) {
    const ssize_t size = ::pread(fd, part, sizeof part, static_cast<off_t>(text.size()));
    if (size < 0 && errno == EINTR) {
      continue;
    }
    // A short read is no end: the kernel's own files give whole records only.
    if (check(static_cast<int>(size), "read") == 0) {
      return text;
    }
    text.append(part, static_cast<std::size_t>(size));
    if (text.size() > max_size) {
      throw Error(ErrorCode::unsupported, "read", "a file of the host is larger than 16 MiB");
    }
  }
}

std::string read_record(int fd) {
  char record[4096];
  ssize_t size = 0;
  do {
    size = ::pread(fd, record, sizeof record, 0);
  } while (size < 0 && errno == EINTR);
  return {record, static_cast<std::size_t>(check(static_cast<int>(size), "read"))};
}

void write_fd(int fd, std::string_view text, std::string_view path) {
  ssize_t written = 0;
  do {
    written = ::write(fd, text.data(), text.size());
  } while (written < 0 && errno == EINTR);
  check(static_cast<int>(written), "write", path);
}

void write_file(int directory, const std::string& path, std::string_view text) {
  write_fd(open_at(directory, path, O_WRONLY).get(), text, path);
}

} // namespace sandbox::os
