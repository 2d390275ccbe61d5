// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"

#include <sandbox/limits.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace sandbox::native {

bool host_has_swap();

/// The files of a cgroup v1 memory group that a supervisor needs (kernel documentation,
/// admin-guide/cgroup-v1/memory.rst). Only those that every stage reads stay open: a box that waits
/// has few descriptors.
class MemoryGroupV1 {
 public:
  /// Takes the group `name` below `parent`, which must outlive it. Throws Error.
  MemoryGroupV1(int parent, std::string name);

  std::uint64_t usage() const;
  /// Memory, and memory and swap together; may be `unlimited`. Throws Error.
  void set_limit(std::uint64_t bytes);
  std::uint64_t limit() const noexcept { return limit_bytes_; }
  /// Of TCP and UDP sockets together, beside the limit. Throws Error.
  void set_socket_limit(std::uint64_t bytes);
  /// Makes the peak of memory and swap start anew. The peak of memory is reset by init.
  void reset_swap_peak();
  std::optional<std::uint64_t> out_of_memory_kills() const;
  /// Whether its use came up to its limit since the peak was reset. memory.failcnt would be the
  /// direct answer, but there are kernels (6.18) on which it stays 0.
  bool limit_was_reached() const;

 private:
  std::string path(const char* file) const { return name_ + '/' + file; }

  int parent_;
  std::string name_;
  os::Fd usage_;
  os::Fd events_;
  bool limits_swap_;
  bool has_swap_peak_; // where there is swap: elsewhere it is the peak of memory
  std::uint64_t limit_bytes_{unlimited};
  std::string last_limit_;
};

} // namespace sandbox::native
