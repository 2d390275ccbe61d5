// SPDX-License-Identifier: Apache-2.0
//
// The two pipes that a program writes to.
#pragma once

#include "monitor/output_gate.hpp"
#include "monitor/program_pipes.hpp"

namespace sandbox::monitor {

class OutputPump {
 public:
  /// Keeps a reference to the gate.
  explicit OutputPump(OutputGate& gate);
  /// Out of pipes whose other ends the program has already.
  OutputPump(OutputGate& gate, os::Fd output, os::Fd error);

  /// The ends for the program; given up after they were sent.
  int write_end(Stream stream) const noexcept { return side(stream).pipe.program_end.get(); }
  void close_write_ends() noexcept;

  /// To poll for; -1 once the stream has ended.
  int read_end(Stream stream) const noexcept { return side(stream).pipe.our_end.get(); }

  /// Reads a stream once; whether there was something.
  bool read(Stream stream);
  /// Reads what is left, after the last writer has died.
  void drain();

 private:
  struct Side {
    Pipe pipe;
    bool large{false};
  };
  Side& side(Stream stream) noexcept { return sides_[stream == Stream::standard_error ? 1 : 0]; }
  const Side& side(Stream stream) const noexcept {
    return sides_[stream == Stream::standard_error ? 1 : 0];
  }

  OutputGate& gate_;
  Side sides_[2];
};

} // namespace sandbox::monitor
