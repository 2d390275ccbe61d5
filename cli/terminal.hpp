// SPDX-License-Identifier: Apache-2.0
//
// What a program prints must not drive the user's terminal: no cursor games, no clipboard, no
// typed-back answers.
#pragma once

#include <sandbox/output.hpp>

#include <string>
#include <string_view>

namespace sandbox::cli {

/// Makes control bytes visible: `^[` for ESC, `\x9b` for C1 and for what is not UTF-8. Newline, tab
/// and carriage return stay. Keeps the beginning of a character that the next piece will complete.
class ControlEscaper {
 public:
  std::string escape(std::string_view bytes);
  /// What was kept, at the end of the stream.
  std::string finish();

 private:
  std::string pending_;
};

/// Writes through to stdout and stderr, escaped where the descriptor is a terminal and `raw` is not
/// set.
class TerminalSink final : public OutputSink {
 public:
  explicit TerminalSink(bool raw);
  void write(Stream stream, std::string_view bytes) override;
  void finish();

 private:
  bool escape_out_;
  bool escape_err_;
  ControlEscaper out_;
  ControlEscaper err_;
  DescriptorSink through_;
};

} // namespace sandbox::cli
