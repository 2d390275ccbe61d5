// SPDX-License-Identifier: Apache-2.0
#include "monitor/input_pump.hpp"

#include "monitor/program_pipes.hpp"
#include "os/system_error.hpp"
#include "os/write_all.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace sandbox::monitor {

InputPump::InputPump(const Input& input) : source_(input) {
  if (std::holds_alternative<NoInput>(input)) {
    program_end_ =
        os::Fd(os::check(::open("/dev/null", O_RDONLY | O_CLOEXEC), "open", "/dev/null"));
    return;
  }
  Pipe pipe = make_input_pipe();
  program_end_ = std::move(pipe.program_end);
  pipe_ = std::move(pipe.our_end);
  write_pending();
}

InputPump::InputPump(const Input& input, os::Fd pipe) : source_(input), pipe_(std::move(pipe)) {
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
