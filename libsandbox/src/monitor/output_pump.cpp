// SPDX-License-Identifier: Apache-2.0
#include "monitor/output_pump.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

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
    each.pipe = make_output_pipe();
  }
}

OutputPump::OutputPump(OutputGate& gate, os::Fd output, os::Fd error) : gate_(gate) {
  sides_[0].pipe.our_end = std::move(output);
  sides_[1].pipe.our_end = std::move(error);
}

void OutputPump::close_write_ends() noexcept {
  for (Side& each : sides_) {
    each.pipe.program_end.close();
  }
}

bool OutputPump::read(Stream stream) {
  Side& from = side(stream);
  char buffer[small_pipe];
  ssize_t size = 0;
  do {
    size = ::read(from.pipe.our_end.get(), buffer, sizeof buffer);
  } while (size < 0 && errno == EINTR);
  if (size <= 0) {
    if (size == 0) {
      from.pipe.our_end.close();
    }
    return false;
  }
  if (size == sizeof buffer && !from.large) {
    from.large = true;
    ::fcntl(from.pipe.our_end.get(), F_SETPIPE_SZ, large_pipe); // refused, it is slower
  }
  gate_.take(stream, {buffer, static_cast<std::size_t>(size)});
  return true;
}

void OutputPump::drain() {
  for (const Stream stream : {Stream::standard_output, Stream::standard_error}) {
    while (side(stream).pipe.our_end && read(stream)) {
    }
  }
}

} // namespace sandbox::monitor
