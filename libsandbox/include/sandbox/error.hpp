// SPDX-License-Identifier: Apache-2.0
//
// What the host or the configuration failed to do. What a *program* did is never an Error: it is a
// Verdict in a Result (result.hpp). A worker that catches an Error should retry the job, not blame
// it.
#pragma once

#include <sandbox/export.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace sandbox {

enum class ErrorCode : std::uint8_t {
  invalid_argument, // the caller's request cannot be meant: a limit of 0, a file name with `..`
  invalid_config,   // a recipe or another file does not parse; what() begins with file:line:column
  not_found,        // unknown language, missing file, missing toolchain, missing image
  unsupported,      // this host cannot give a guarantee that was asked for
  setup_failed,     // a step of confinement failed; the program has not run
  backend_lost,     // the box, its init or the engine went away; nothing is known of the program
  resource,         // the host ran out of something: descriptors, memory, slots
};

/// The code's name as documented and as it stands in reports: "setup_failed".
SANDBOX_API std::string_view to_string(ErrorCode code) noexcept;

/// Thrown by every function of the library that says it throws. Copyable, as exceptions must be.
class SANDBOX_API Error : public std::runtime_error {
 public:
  /// `step` names what was being done ("mount /proc"); `remedy` tells the reader how to mend it,
  /// and may be empty. `system_error` is an errno value, or 0 where no system call is to blame.
  Error(ErrorCode code, std::string step, const std::string& message, std::string remedy = {},
        int system_error = 0);

  ErrorCode code() const noexcept { return code_; }
  const std::string& step() const noexcept { return step_; }
  const std::string& remedy() const noexcept { return remedy_; }
  int system_error() const noexcept { return system_error_; }

 private:
  ErrorCode code_;
  int system_error_;
  std::string step_;
  std::string remedy_;
};

/// An Error in a file that a person wrote. what() reads "file:line:column: message".
class SANDBOX_API ConfigError : public Error {
 public:
  /// `line` and `column` count from 1; 0 where the place is unknown.
  ConfigError(std::string file, int line, int column, const std::string& message);

  const std::string& file() const noexcept { return file_; }
  int line() const noexcept { return line_; }
  int column() const noexcept { return column_; }

 private:
  std::string file_;
  int line_;
  int column_;
};

} // namespace sandbox
