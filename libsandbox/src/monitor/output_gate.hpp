// SPDX-License-Identifier: Apache-2.0
//
// Counts what a program writes and lets through what is within the limit.
#pragma once

#include <sandbox/output.hpp>
#include <sandbox/result.hpp>

#include <exception>
#include <string_view>

namespace sandbox::monitor {

class OutputGate {
 public:
  OutputGate(OutputSink& sink, std::uint64_t limit_bytes) noexcept
      : sink_(sink), limit_bytes_(limit_bytes) {}

  /// Afterwards over_limit() or failure() may say that the program must be ended.
  void take(Stream stream, std::string_view bytes);

  bool over_limit() const noexcept;
  /// What the sink threw; nothing more is given to it.
  std::exception_ptr failure() const noexcept { return failure_; }
  const StreamUsage& usage(Stream stream) const noexcept { return usage_[index(stream)]; }

 private:
  static int index(Stream stream) noexcept { return stream == Stream::standard_error ? 1 : 0; }

  OutputSink& sink_;
  std::uint64_t limit_bytes_;
  StreamUsage usage_[2];
  std::exception_ptr failure_;
};

} // namespace sandbox::monitor
