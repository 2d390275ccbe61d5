// SPDX-License-Identifier: Apache-2.0
//
// What became of the program, with the evidence, the figures, and the guarantees it ran under.
#pragma once

#include <sandbox/export.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox {

/// The first limit that was hit, or how the program ended by itself.
enum class Verdict : std::uint8_t {
  ok,                 // exit code 0, no limit hit
  nonzero_exit,       // exited by itself with another code
  signaled,           // died of a signal that was not ours
  cpu_time_limit,     // CPU time of all processes of the box
  wall_time_limit,    // monotonic clock
  memory_limit,       // the kernel counted an out-of-memory kill in the box
  output_limit,       // a stream went beyond Limits::output_bytes
  disallowed_syscall, // killed by the filter
  cancelled,          // the caller's stop_token
};

/// The name in reports: "cpu_time_limit".
SANDBOX_API std::string_view to_string(Verdict verdict) noexcept;

/// Why the verdict is what it is. Empty for ok and nonzero_exit.
struct Evidence {
  std::string limit{};    // which limit, as its field in Limits is called: "memory_bytes"
  std::string value{};    // the limit with its unit: "256 MiB"
  std::string observed{}; // what was seen: "1 out-of-memory kill"
  std::string counter{};  // where it was read: "memory.oom_control oom_kill"
  std::string killer{};   // who ended it: "kernel", "init", "supervisor"; empty: nobody did
};

/// One stream of output.
struct StreamUsage {
  std::uint64_t total_bytes{0}; // what the program wrote, as far as it was read before the kill
  std::uint64_t kept_bytes{0};  // what the sink was given
  bool truncated{false};        // total > kept
};

/// What the stage used. A figure that the host cannot give is absent, never guessed.
struct Usage {
  std::chrono::nanoseconds wall_time{0};
  std::chrono::nanoseconds cpu_time{0};
  // Of cpu_time, as the kernel splits that of each process which was waited for.
  std::optional<std::chrono::nanoseconds> cpu_user{};
  std::optional<std::chrono::nanoseconds> cpu_system{};
  std::optional<std::uint64_t> memory_peak_bytes{}; // of the box, without what earlier stages left
  std::uint64_t max_rss_bytes{0};                   // of the largest process
  std::optional<std::uint64_t> processes_peak{};
  std::uint64_t voluntary_switches{0};
  std::uint64_t involuntary_switches{0};
  std::uint64_t disk_used_bytes{0};    // in /box when the stage ended
  std::uint64_t scratch_used_bytes{0}; // in /tmp and /dev/shm then
  StreamUsage standard_output{};
  StreamUsage standard_error{};
};

/// A limit that the program touched without being ended by it: "processes", "disk_bytes",
/// "disk_inodes".
struct Touched {
  std::string limit{};
  std::uint64_t times{0};
};

/// One thing that confined or measured the program, and whether it was in force.
struct Guarantee {
  std::string name{}; // "memory_cgroup"; the list is in docs/guarantees.md
  bool in_force{false};
  std::string detail{}; // how, or why not: "cgroup v1, memory.limit_in_bytes"
};

/// The names that `accept_missing` and `require` of a backend's options understand.
SANDBOX_API std::vector<std::string> guarantee_names();

struct Result {
  Verdict verdict{Verdict::ok};
  std::optional<int> exit_code{}; // when it exited
  std::optional<int> signal{};    // when a signal ended it, ours or not
  Evidence evidence{};
  Usage usage{};
  std::vector<Touched> touched{};
  std::vector<Guarantee> guarantees{};
  std::string backend{};               // "native" or "docker"
  std::uint64_t leftover_processes{0}; // alive when the main process ended; killed
  /// It had started before its source was known; figures are from there.
  bool interpreter_ahead{false};

  bool ok() const noexcept { return verdict == Verdict::ok; }
};

/// One line for people: "memory limit of 256 MiB reached (1 out-of-memory kill, from
/// memory.oom_control oom_kill)".
SANDBOX_API std::string describe(const Result& result);

} // namespace sandbox
