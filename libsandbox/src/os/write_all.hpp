// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <csignal>
#include <string_view>

namespace sandbox::os {

/// Keeps a write to a pipe without readers from raising SIGPIPE in the application: blocked in this
/// thread, and taken back when it came from us.
class NoPipeSignal {
 public:
  NoPipeSignal() noexcept;
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;
  ~NoPipeSignal();

 private:
  sigset_t before_{};
  bool was_pending_{false};
};

/// Writes everything, waiting where the descriptor does not block. Throws Error(resource); raises
/// no SIGPIPE.
void write_all(int fd, std::string_view bytes);

} // namespace sandbox::os
