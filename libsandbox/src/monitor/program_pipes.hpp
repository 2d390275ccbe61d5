// SPDX-License-Identifier: Apache-2.0
//
// The pipes between supervisor and program, in the supervisor's hands on both ends until the
// program's were sent.
#pragma once

#include "os/fd.hpp"

#include <vector>

namespace sandbox::monitor {

struct Pipe {
  os::Fd program_end;
  os::Fd our_end; // does not block
};

/// For a program to read from, or to write to. Throws Error.
Pipe make_input_pipe();
Pipe make_output_pipe();

/// Of a program that starts before anybody knows what it is to read.
struct ProgramPipes {
  Pipe input{make_input_pipe()};
  Pipe output{make_output_pipe()};
  Pipe error{make_output_pipe()};

  std::vector<int> program_ends() const {
    return {input.program_end.get(), output.program_end.get(), error.program_end.get()};
  }
  /// Whether something was written already, or can no longer be.
  bool has_output() const noexcept;
  void close_program_ends() noexcept {
    for (Pipe* pipe : {&input, &output, &error}) {
      pipe->program_end.close();
    }
  }
};

} // namespace sandbox::monitor
