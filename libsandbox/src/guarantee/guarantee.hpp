// SPDX-License-Identifier: Apache-2.0
//
// What confines and measures a program, by name; what a host can give of it, and what is asked for.
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sandbox::guarantee {

inline constexpr std::string_view user_namespace = "user_namespace";
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

/// Which guarantees must be in force: all but those accepted as missing, and of the optional ones
/// those that are required by name.
struct Demand {
  std::vector<std::string> accept_missing;
  std::vector<std::string> required;
  std::vector<std::string_view> optional;

  bool needs(std::string_view name) const;
};

/// Throws Error(invalid_argument) for a name that is no guarantee's.
void validate(const Demand& demand);

/// Throws Error(unsupported), with the remedy, for the first offer that is needed and missing.
void require(const std::vector<Offer>& offers, const Demand& demand);

/// Throws Error(unsupported) when a guarantee that is required by name turned out to be missing.
void require(const std::vector<Guarantee>& in_force, const Demand& demand);

/// A line of Backend::probe().
Check to_check(const Offer& offer, const Demand& demand);

} // namespace sandbox::guarantee
