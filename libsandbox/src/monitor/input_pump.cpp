// SPDX-License-Identifier: Apache-2.0
#include "monitor/input_pump.hpp"

#include "os/system_error.hpp"
#include "os/write_all.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace sandbox::monitor {

InputPump::InputPump(const Input& input) : source_(input) {
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
  write_pending();
}

void InputPump::read_source() {
  source_.read();
  write_pending();
}

void InputPump::write_pending() noexcept {
  const os::NoPipeSignal guard;
  while (has_pending()) {
    const ssize_t written =
        ::write(pipe_.get(), source_.pending().data(), source_.pending().size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      if (errno != EAGAIN) {
        source_.stop();
        pipe_.close();
      }
      return;
    }
    source_.consume(static_cast<std::size_t>(written));
  }
  if (source_.finished()) {
    pipe_.close();
  }
}

} // namespace sandbox::monitor
