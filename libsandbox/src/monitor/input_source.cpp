// SPDX-License-Identifier: Apache-2.0
#include "monitor/input_source.hpp"

#include "os/system_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace sandbox::monitor {
namespace {

constexpr std::size_t buffer_size = 64 << 10;

os::Fd open_input_file(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    const int error = errno;
    throw os::system_error(error == ENOENT ? ErrorCode::not_found : ErrorCode::invalid_argument,
                           "open input", path.native(), error);
  }
  os::Fd file(fd);
  struct stat about {};
  os::check(::fstat(fd, &about), "fstat", path.native());
  if (S_ISDIR(about.st_mode)) {
    throw os::system_error(ErrorCode::invalid_argument, "open input", path.native(), EISDIR);
  }
  return file;
}

} // namespace

InputSource::InputSource(const Input& input) {
  if (const auto* bytes = std::get_if<BytesInput>(&input)) {
    pending_ = bytes->bytes;
  } else if (const auto* file = std::get_if<FileInput>(&input)) {
    file_ = open_input_file(file->path);
    descriptor_ = file_.get();
  } else if (const auto* descriptor = std::get_if<DescriptorInput>(&input)) {
    descriptor_ = descriptor->descriptor;
  }
}

void InputSource::read() {
  buffer_.resize(buffer_size);
  const ssize_t size = ::read(descriptor_, buffer_.data(), buffer_.size());
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) {
    return;
  }
  if (size <= 0) {
    descriptor_ = -1;
    return;
  }
  pending_ = {buffer_.data(), static_cast<std::size_t>(size)};
}

void InputSource::stop() noexcept {
  pending_ = {};
  descriptor_ = -1;
}

} // namespace sandbox::monitor
