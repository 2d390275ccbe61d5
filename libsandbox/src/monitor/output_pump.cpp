// SPDX-License-Identifier: Apache-2.0
#include "monitor/output_pump.hpp"

#include "os/system_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace sandbox::monitor {

OutputPump::OutputPump(OutputSink& sink, std::uint64_t limit_bytes)
    : sink_(sink), limit_bytes_(limit_bytes) {
  for (Side& each : sides_) {
    int ends[2];
    os::check(::pipe2(ends, O_CLOEXEC), "pipe2");
    each.read_end = os::Fd(ends[0]);
    each.write_end = os::Fd(ends[1]);
    // A program may open /dev/stdout, which asks for rights on the pipe.
    os::check(::fchmod(ends[1], 0666), "fchmod", "pipe");
    // Only our end: whether a program's stdout blocks is a property it shares with what it starts.
    os::check(::fcntl(ends[0], F_SETFL, O_NONBLOCK), "fcntl", "O_NONBLOCK");
  }
}

int OutputPump::write_end(Stream stream) const noexcept {
  return side(stream).write_end.get();
}

void OutputPump::close_write_ends() noexcept {
  for (Side& each : sides_) {
    each.write_end.close();
  }
}

int OutputPump::read_end(Stream stream) const noexcept {
  return side(stream).read_end.get();
}

bool OutputPump::read(Stream stream) {
  Side& from = side(stream);
  char buffer[64 << 10];
  ssize_t size = 0;
  do {
    size = ::read(from.read_end.get(), buffer, sizeof buffer);
  } while (size < 0 && errno == EINTR);
  if (size <= 0) {
    if (size == 0) {
      from.read_end.close();
    }
    return false;
  }
  StreamUsage& usage = from.usage;
  const auto count = static_cast<std::uint64_t>(size);
  const std::uint64_t room = limit_bytes_ - std::min(limit_bytes_, usage.total_bytes);
  const std::uint64_t kept = std::min(count, room);
  usage.total_bytes += count;
  if (kept > 0 && failure_ == nullptr) {
    try {
      sink_.write(stream, {buffer, static_cast<std::size_t>(kept)});
      usage.kept_bytes += kept;
    } catch (...) {
      failure_ = std::current_exception();
    }
  }
  usage.truncated = usage.total_bytes > usage.kept_bytes;
  return true;
}

void OutputPump::drain() {
  for (const Stream stream : {Stream::standard_output, Stream::standard_error}) {
    while (side(stream).read_end && read(stream)) {
    }
  }
}

bool OutputPump::over_limit() const noexcept {
  return sides_[0].usage.total_bytes > limit_bytes_ || sides_[1].usage.total_bytes > limit_bytes_;
}

const StreamUsage& OutputPump::usage(Stream stream) const noexcept {
  return side(stream).usage;
}

} // namespace sandbox::monitor
