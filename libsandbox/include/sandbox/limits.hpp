// SPDX-License-Identifier: Apache-2.0
//
// What a stage may use. Each limit says its unit in its name, its default in its declaration, and
// in its comment what the *program* experiences when it hits it. 0 is never "unlimited": where a
// limit can be lifted, `unlimited` spells it. Wall time cannot be lifted.
//
// Native backend: file_size_bytes, open_files and stack_bytes (without control groups memory_bytes
// and processes too) above a hard limit of the application's own (setrlimit(2)) make Session::run
// throw Error(setup_failed) that names both; `unlimited` is then what the application may have.
#pragma once

#include <sandbox/export.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace sandbox {

inline constexpr std::uint64_t KiB = 1024;
inline constexpr std::uint64_t MiB = 1024 * KiB;
inline constexpr std::uint64_t GiB = 1024 * MiB;

/// The spelled-out "no limit", for the limits that allow it.
inline constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

struct Limits {
  /// CPU time, user and system, of all processes of the box, waited for or not. On hitting it every
  /// process is killed; verdict cpu_time_limit. `unlimited_time` lifts it.
  std::chrono::nanoseconds cpu_time{std::chrono::seconds{2}};

  /// Time on the monotonic clock from the program's start. On hitting it every process is killed;
  /// verdict wall_time_limit. Cannot be lifted; at most 30 days. Absent: 2 x CPU time + 1 s.
  std::optional<std::chrono::nanoseconds> wall_time{};

  /// Memory of all processes of the box together, swap and files in the box's own memory file
  /// systems counted. On hitting it the kernel kills; verdict memory_limit. May be `unlimited`.
  std::uint64_t memory_bytes{256 * MiB};

  /// Processes and threads at one time. At the limit fork and pthread_create fail with EAGAIN; the
  /// result tells how often. May be `unlimited`.
  std::uint64_t processes{64};

  /// Share of the machine's cores; 0.5 is half of one core. Beyond it the program is slowed, never
  /// killed. 0 < cores <= 1024.
  double cores{1.0};

  /// Bytes on each of stdout and stderr. On hitting it every process is killed; verdict
  /// output_limit; what fits reaches the sink, byte-exact. May be `unlimited`.
  std::uint64_t output_bytes{1 * MiB};

  /// Size of any one file. write(2) beyond it fails with EFBIG and raises SIGXFSZ. May be
  /// `unlimited`.
  std::uint64_t file_size_bytes{16 * MiB};

  /// Everything in /box together. write(2) beyond it fails with ENOSPC. The size of a box is fixed
  /// when it is opened: Sandbox::run does that from here, Backend::open takes it from Environment,
  /// and Session::run does not look at it.
  std::uint64_t disk_bytes{64 * MiB};

  /// Files, directories and links in /box together. Creating more fails with ENOSPC. Fixed as
  /// disk_bytes is.
  std::uint64_t disk_inodes{4096};

  /// Descriptors of each process. Opening more fails with EMFILE.
  std::uint64_t open_files{256};

  /// Stack of each process's first thread. Beyond it SIGSEGV. May be `unlimited`.
  std::uint64_t stack_bytes{64 * MiB};

  friend bool operator==(const Limits&, const Limits&) = default;
};

inline constexpr std::chrono::nanoseconds unlimited_time = std::chrono::nanoseconds::max();

/// Limits::wall_time, or what it is when absent.
SANDBOX_API std::chrono::nanoseconds wall_time(const Limits& limits) noexcept;

/// The defaults of a compile stage: 10 s of CPU time, 512 MiB, 256 processes, 64 MiB files, 256 MiB
/// of disk.
SANDBOX_API Limits default_compile_limits() noexcept;

/// The names that recipes have for limits: "cpu_time", "memory"; in the order to set them in.
SANDBOX_API const std::vector<std::string_view>& limit_names();

/// Sets the limit of this name from text with a unit: "256MiB", "1.5s", "unlimited" (units.hpp). A
/// CPU time that is set takes back a wall time that was. Throws Error(invalid_argument).
SANDBOX_API void set_limit(Limits& limits, std::string_view name, std::string_view text);

/// Throws Error(invalid_argument) that names the limit, its value and what is allowed.
SANDBOX_API void validate(const Limits& limits);

} // namespace sandbox
