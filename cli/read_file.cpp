// SPDX-License-Identifier: Apache-2.0
#include "read_file.hpp"

#include "descriptor.hpp"
#include "printable.hpp"

#include <sandbox/error.hpp>
#include <sandbox/limits.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sandbox::cli {
namespace {

constexpr std::uint64_t largest = 64 * MiB;

[[noreturn]] void fail(std::string_view name, int error) {
  throw Error(error == ENOENT ? ErrorCode::not_found : ErrorCode::invalid_argument, printable(name),
              std::strerror(error), {}, error);
}

} // namespace

std::string read_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (file.get() < 0) {
    fail(path.native(), errno);
  }
  struct stat about {};
  if (::fstat(file.get(), &about) == 0 && S_ISDIR(about.st_mode)) {
    fail(path.native(), EISDIR);
  }
  return read_stream(file.get(), path.native());
}

std::string read_stream(int descriptor, std::string_view name) {
  std::string bytes;
  char part[64 << 10];
  for (;;) {
    const ssize_t size = ::read(descriptor, part, sizeof part);
    if (size < 0 && errno == EINTR) {
      continue;
    }
    if (size < 0) {
      fail(name, errno);
    }
    if (size == 0) {
      return bytes;
    }
    bytes.append(part, static_cast<std::size_t>(size));
    if (bytes.size() > largest) {
      throw Error(ErrorCode::invalid_argument, printable(name), "is larger than 64 MiB");
    }
  }
}

} // namespace sandbox::cli
