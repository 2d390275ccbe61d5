// SPDX-License-Identifier: Apache-2.0
//
// Feeds a program's stdin through a pipe. The program never holds a descriptor of the caller's.
#pragma once

#include "monitor/input_source.hpp"

namespace sandbox::monitor {

class InputPump {
 public:
  /// Small input is in the pipe at once. Throws Error.
  explicit InputPump(const Input& input);
  /// Into a pipe whose other end the program has already. Without input it ends at once.
  InputPump(const Input& input, os::Fd pipe);

  /// The end for the program; given up after it was sent.
  int program_end() const noexcept { return program_end_.get(); }
  void close_program_end() noexcept { program_end_.close(); }

  /// What to poll for, both -1 when there is nothing left to do: to read from while nothing is
  /// pending, else to write to.
  int source() const noexcept { return pipe_ ? source_.descriptor() : -1; }
  int destination() const noexcept { return pipe_.get(); }
  bool has_pending() const noexcept { return !source_.pending().empty(); }

  void read_source();
  /// Writes what is pending; ends the input when the program no longer reads or all is written.
  void write_pending() noexcept;
  /// The program closed its end.
  void stop() noexcept { pipe_.close(); }

 private:
  InputSource source_;
  os::Fd program_end_;
  os::Fd pipe_;
};

} // namespace sandbox::monitor
