// SPDX-License-Identifier: Apache-2.0
#include "monitor/program_pipes.hpp"

#include "os/system_error.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sandbox::monitor {
namespace {

/// Whether the program's end blocks is a property it shares with what it starts: only ours is set.
Pipe make_pipe(int program_index) {
  int ends[2];
  os::check(::pipe2(ends, O_CLOEXEC), "pipe2");
  Pipe pipe{os::Fd(ends[program_index]), os::Fd(ends[1 - program_index])};
  // A program may open /dev/stdin or /dev/stdout, which asks for rights on the pipe.
  os::check(::fchmod(pipe.program_end.get(), 0666), "fchmod", "pipe");
  os::check(::fcntl(pipe.our_end.get(), F_SETFL, O_NONBLOCK), "fcntl", "O_NONBLOCK");
  return pipe;
}

} // namespace

Pipe make_input_pipe() {
  return make_pipe(0);
}

Pipe make_output_pipe() {
  return make_pipe(1);
}

bool ProgramPipes::has_output() const noexcept {
  pollfd events[] = {{output.our_end.get(), POLLIN, 0}, {error.our_end.get(), POLLIN, 0}};
  return ::poll(events, 2, 0) != 0;
}

} // namespace sandbox::monitor
