// SPDX-License-Identifier: Apache-2.0
//
// Feeds a program's stdin through a pipe. The program never holds a descriptor of the caller's.
#pragma once

#include "os/fd.hpp"

#include <sandbox/input.hpp>

#include <string>
#include <string_view>

namespace sandbox::monitor {

class InputPump {
 public:
  /// Opens what is to be read; small input is in the pipe at once. Throws Error.
  explicit InputPump(const Input& input);

  /// The end for the program; given up after it was sent.
  int program_end() const noexcept { return program_end_.get(); }
  void close_program_end() noexcept { program_end_.close(); }

  /// What to poll for, both -1 when there is nothing left to do: to read from while the buffer is
  /// empty, else to write to.
  int source() const noexcept { return pending_.empty() && pipe_ ? source_ : -1; }
  int destination() const noexcept { return pipe_ ? pipe_.get() : -1; }
  bool has_pending() const noexcept { return !pending_.empty(); }

  /// Reads from the source once.
  void read_source();
  /// Writes what is pending; ends the input when the program no longer reads or all is written.
  void write_pending() noexcept;
  /// The program closed its end.
  void stop() noexcept { pipe_.close(); }

 private:
  os::Fd program_end_;
  os::Fd pipe_;
  os::Fd file_;
  int source_{-1};
  std::string buffer_;
  std::string_view pending_;
};

} // namespace sandbox::monitor
