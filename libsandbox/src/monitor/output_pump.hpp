// SPDX-License-Identifier: Apache-2.0
//
// The two pipes that a program writes to, and the limit on each.
#pragma once

#include "os/fd.hpp"

#include <sandbox/output.hpp>
#include <sandbox/result.hpp>

#include <exception>

namespace sandbox::monitor {

class OutputPump {
 public:
  OutputPump(OutputSink& sink, std::uint64_t limit_bytes);

  /// The ends for the program; given up after they were sent.
  int write_end(Stream stream) const noexcept;
  void close_write_ends() noexcept;

  /// To poll for; -1 once the stream has ended.
  int read_end(Stream stream) const noexcept;

  /// Reads a stream once; whether there was something. Afterwards over_limit() or failure() may say
  /// that the program must be ended.
  bool read(Stream stream);
  /// Reads what is left, after the last writer has died.
  void drain();

  bool over_limit() const noexcept;
  /// What the sink threw; nothing more is given to it.
  std::exception_ptr failure() const noexcept { return failure_; }
  const StreamUsage& usage(Stream stream) const noexcept;

 private:
  struct Side {
    os::Fd read_end;
    os::Fd write_end;
    StreamUsage usage;
  };
  Side& side(Stream stream) noexcept { return sides_[stream == Stream::standard_error ? 1 : 0]; }
  const Side& side(Stream stream) const noexcept {
    return sides_[stream == Stream::standard_error ? 1 : 0];
  }

  OutputSink& sink_;
  std::uint64_t limit_bytes_;
  Side sides_[2];
  std::exception_ptr failure_;
};

} // namespace sandbox::monitor
