// SPDX-License-Identifier: Apache-2.0
//
// Who made a container, as its labels say it, and whether it still may be in use.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sandbox::docker {

inline constexpr const char* owner_label = "io.libsandbox.owner";
inline constexpr const char* deadline_label = "io.libsandbox.deadline";

/// A process, told apart from all others that ever had its id: those of other hosts, of other boots
/// and of other pid namespaces too.
struct Owner {
  std::string boot_id;
  std::uint64_t pid_namespace{0};
  int pid{0};
  std::uint64_t start_time{0}; // in clock ticks since boot

  /// This process. Throws Error.
  static Owner self();
  std::string text() const;
  friend bool operator==(const Owner&, const Owner&) = default;
};

/// When a process started, in clock ticks since boot: field 22 of /proc/PID/stat
/// (proc_pid_stat(5)). The second field is the command's name in parentheses and may hold anything.
std::optional<std::uint64_t> parse_start_time(std::string_view stat);

/// Nothing for a text that is not exactly one of Owner::text().
std::optional<Owner> parse_owner(const std::string& text);

/// The labels of a container of ours that ends at the latest after `life`.
std::map<std::string, std::string> make_labels(std::chrono::seconds life);

/// Whether a container with these labels is one of ours that nobody uses any more: its owner is
/// known to be gone, or its deadline has passed by a margin. Labels that do not parse are somebody
/// else's.
bool is_abandoned(const std::map<std::string, std::string>& labels, const Owner& self,
                  std::chrono::system_clock::time_point now);

} // namespace sandbox::docker
