// SPDX-License-Identifier: Apache-2.0
//
// Where a program's stdin comes from: bytes, a file or a descriptor of the caller's.
#pragma once

#include "os/fd.hpp"

#include <sandbox/input.hpp>

#include <string>
#include <string_view>

namespace sandbox::monitor {

class InputSource {
 public:
  /// Opens what is to be read. Keeps views of `input`. Throws Error.
  explicit InputSource(const Input& input);

  /// To poll for while nothing is pending; -1 when there is nothing to wait for.
  int descriptor() const noexcept { return pending_.empty() ? descriptor_ : -1; }
  /// Reads once.
  void read();

  /// What was read and not yet consumed.
  std::string_view pending() const noexcept { return pending_; }
  void consume(std::size_t count) noexcept { pending_.remove_prefix(count); }

  /// Nothing is pending and nothing will come.
  bool finished() const noexcept { return pending_.empty() && descriptor_ < 0; }
  /// Nobody wants the rest.
  void stop() noexcept;

 private:
  os::Fd file_;
  int descriptor_{-1};
  std::string buffer_;
  std::string_view pending_;
};

} // namespace sandbox::monitor
