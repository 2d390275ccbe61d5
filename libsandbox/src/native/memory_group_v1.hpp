// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"

#include <sandbox/limits.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace sandbox::native {

/// The files of a cgroup v1 memory group that a supervisor needs (kernel documentation,
/// admin-guide/cgroup-v1/memory.rst).
class MemoryGroupV1 {
 public:
  /// `directory` must outlive it. Throws Error.
  explicit MemoryGroupV1(int directory);

  std::uint64_t usage() const;
  /// Memory, and memory and swap together; may be `unlimited`. Throws Error.
  void set_limit(std::uint64_t bytes);
  std::optional<std::uint64_t> out_of_memory_kills() const;
  /// Whether its use came up to its limit since the peak was reset. memory.failcnt would be the
  /// direct answer, but there are kernels (6.18) on which it stays 0.
  bool limit_was_reached() const;

 private:
  os::Fd usage_;
  os::Fd events_;
  os::Fd limit_;
  os::Fd memory_and_swap_limit_;
  os::Fd peak_;
  std::uint64_t limit_bytes_{unlimited};
  std::string last_limit_;
};

} // namespace sandbox::native
