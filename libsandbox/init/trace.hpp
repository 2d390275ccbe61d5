// SPDX-License-Identifier: Apache-2.0
//
// Follows a program that was just started up to the first system call that names a certain file,
// and holds it there (ptrace(2)). What the program did until then it would have done whatever the
// file holds; let go, it makes that call as if nothing had been.
#pragma once

#include "outcome.hpp"

#include <cstdint>
#include <string_view>

namespace sandbox::init {

/// For the child that becomes the program: its first stop is at execve. Allocates nothing.
Outcome let_parent_trace(std::uint64_t token) noexcept;

/// The main thread of one program.
class Trace {
 public:
  /// `source` is a path relative to /box and must outlive it.
  Trace(int pid, std::string_view source, std::uint64_t token) noexcept
      : pid_(pid), source_(source), token_(token) {}

  enum class Step : unsigned char { going_on, held, refused };

  /// Decides on the stop that `status` tells of (waitpid(2)) and has the program go on, unless it
  /// is at the call that is waited for. `refused`: it cannot be followed, or has ended.
  Step stopped(int status) noexcept;

 private:
  bool names_source() const noexcept;
  bool is_source(std::uint64_t address) const noexcept;

  int pid_;
  std::string_view source_;
  std::uint64_t token_;
  bool begun_{false};
};

/// Lets a program go for good that is held; false when it is gone.
bool let_go(int pid, std::uint64_t token) noexcept;

} // namespace sandbox::init
