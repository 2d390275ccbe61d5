// SPDX-License-Identifier: Apache-2.0
//
// What confines and measures a program, by name, and what this host can give of it.
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/native.hpp>
#include <sandbox/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sandbox::native {

inline constexpr std::string_view memory_cgroup = "memory_cgroup";
inline constexpr std::string_view swap_limit = "swap_limit";
inline constexpr std::string_view process_cgroup = "process_cgroup";
inline constexpr std::string_view cpu_time_cgroup = "cpu_time_cgroup";
inline constexpr std::string_view cpu_share = "cpu_share";
inline constexpr std::string_view separate_uid = "separate_uid";
inline constexpr std::string_view landlock = "landlock";

/// A guarantee as this host can give it.
struct Offer {
  Guarantee guarantee;
  std::string remedy; // how to get it, when it is not in force
};

/// The guarantees that every box has or it is not made: a step of set-up fails without them.
std::vector<Offer> unconditional_offers();

/// Throws Error(invalid_argument) for a name that is no guarantee's.
void validate_names(const NativeOptions& options);

/// Throws Error(unsupported), with the remedy, for the first guarantee that is missing and not
/// accepted as missing. Landlock is missed only when it is required.
void require(const std::vector<Offer>& offers, const NativeOptions& options);

/// Throws Error(unsupported) when a guarantee that is required by name turned out to be missing.
void require(const std::vector<Guarantee>& in_force, const NativeOptions& options);

} // namespace sandbox::native
