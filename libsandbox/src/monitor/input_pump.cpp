// SPDX-License-Identifier: Apache-2.0
#include "monitor/input_pump.hpp"

#include "os/system_error.hpp"
#include "os/write_all.hpp"

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

InputPump::InputPump(const Input& input) {
  if (std::holds_alternative<NoInput>(input)) {
    program_end_ =
        os::Fd(os::check(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open", "/dev/null"));
    return;
  }
  int ends[2];
  os::check(::pipe2(ends, O_CLOEXEC), "pipe2");
  program_end_ = os::Fd(ends[0]);
  pipe_ = os::Fd(ends[1]);
  // A program may open /dev/stdin, which asks for rights on the pipe.
  os::check(::fchmod(ends[0], 0666), "fchmod", "pipe");
  os::check(::fcntl(ends[1], F_SETFL, O_NONBLOCK), "fcntl", "O_NONBLOCK");
  if (const auto* bytes = std::get_if<BytesInput>(&input)) {
    pending_ = bytes->bytes;
    write_pending();
  } else if (const auto* file = std::get_if<FileInput>(&input)) {
    file_ = open_input_file(file->path);
    source_ = file_.get();
  } else {
    source_ = std::get<DescriptorInput>(input).descriptor;
  }
}

void InputPump::read_source() {
  buffer_.resize(buffer_size);
  const ssize_t size = ::read(source_, buffer_.data(), buffer_.size());
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) {
    return;
  }
  if (size <= 0) {
    pipe_.close();
    return;
  }
  pending_ = {buffer_.data(), static_cast<std::size_t>(size)};
  write_pending();
}

void InputPump::write_pending() noexcept {
  const os::NoPipeSignal guard;
  while (!pending_.empty()) {
    const ssize_t written = ::write(pipe_.get(), pending_.data(), pending_.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      if (errno != EAGAIN) {
        pending_ = {};
        pipe_.close();
      }
      return;
    }
    pending_.remove_prefix(static_cast<std::size_t>(written));
  }
  if (source_ < 0) {
    pipe_.close();
  }
}

} // namespace sandbox::monitor
