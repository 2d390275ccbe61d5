// SPDX-License-Identifier: Apache-2.0
#include "monitor/output_pump.hpp"

#include "os/system_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace sandbox::monitor {
namespace {

/// What a pipe holds at first (pipe(7)).
constexpr std::size_t small_pipe = 64 << 10;
/// With this a program that writes much is held up a quarter as often. What waits in the pipe
/// counts as the program's memory, so not more.
constexpr int large_pipe = 256 << 10;

} // namespace

OutputPump::OutputPump(OutputGate& gate) : gate_(gate) {
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

void OutputPump::close_write_ends() noexcept {
  for (Side& each : sides_) {
    each.write_end.close();
  }
}

bool OutputPump::read(Stream stream) {
  Side& from = side(stream);
  char buffer[small_pipe];
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
  if (size == sizeof buffer && !from.large) {
    from.large = true;
    ::fcntl(from.read_end.get(), F_SETPIPE_SZ, large_pipe); // refused, it is slower
  }
  gate_.take(stream, {buffer, static_cast<std::size_t>(size)});
  return true;
}

void OutputPump::drain() {
  for (const Stream stream : {Stream::standard_output, Stream::standard_error}) {
    while (side(stream).read_end && read(stream)) {
    }
  }
}

} // namespace sandbox::monitor
