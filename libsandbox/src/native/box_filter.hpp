// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "seccomp/filter.hpp"

#include <linux/filter.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace sandbox::native {

/// What slots load: the program's filter, which holds for init too but for what it does with the
/// token.
class BoxFilter {
 public:
  /// Chooses the token. Throws Error.
  explicit BoxFilter(seccomp::FilterOptions options);

  /// BPF; lives as long as this.
  std::string_view instructions() const noexcept;
  std::string_view watching_instructions() const noexcept; // FilterOptions::watches_ipc
  std::uint64_t token() const noexcept { return token_; }

 private:
  std::uint64_t token_;
  std::vector<sock_filter> program_;
  std::vector<sock_filter> watching_program_;
};

} // namespace sandbox::native
