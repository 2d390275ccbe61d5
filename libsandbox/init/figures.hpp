// SPDX-License-Identifier: Apache-2.0
//
// What the control groups say, read through descriptors that the supervisor opened.
#pragma once

#include "packet.hpp"
#include "wire/messages.hpp"

#include <cstdint>

namespace sandbox::init {

/// The files of one control group, or of one group in several v1 hierarchies.
class Figures {
 public:
  /// What is not adopted is read from `otherwise`, which must outlive this.
  explicit Figures(const Figures* otherwise = nullptr) noexcept;

  /// Takes a descriptor for each bit of `present`, in order.
  void adopt(std::uint32_t present, Descriptors& descriptors) noexcept;
  /// Opens those of the control group that a container engine shows at /sys/fs/cgroup.
  void open_container_group() noexcept;
  void close() noexcept;

  bool has(wire::Figure figure) const noexcept { return file(figure) >= 0; }

  /// Each in nanoseconds, bytes or a count; wire::not_measured where the host has no such file.
  std::uint64_t cpu_ns() const noexcept;
  std::uint64_t memory_usage() const noexcept;
  std::uint64_t memory_peak() const noexcept;
  std::uint64_t oom_kills() const noexcept;
  std::uint64_t process_limit_hits() const noexcept;
  std::uint64_t processes_peak() const noexcept;
  /// Makes memory_peak start anew; false where the kernel cannot.
  bool reset_memory_peak() const noexcept;

 private:
  int file(wire::Figure figure) const noexcept;

  const Figures* otherwise_;
  int files_[static_cast<int>(wire::Figure::count)];
};

/// Whether a file is the kernel's: an image may bring what only looks like a control group.
bool is_control_file(const char* path) noexcept;

/// 2, 1, or 0 when no control group is shown at /sys/fs/cgroup.
std::uint8_t container_group_version() noexcept;

/// The first number in `text`, or the number behind `key` when that is not null; not_measured
/// without one.
std::uint64_t parse_figure(const char* text, const char* key) noexcept;

} // namespace sandbox::init
