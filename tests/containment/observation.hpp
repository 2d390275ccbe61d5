// SPDX-License-Identifier: Apache-2.0
//
// What one run of an attack showed.
#pragma once

#include <sandbox/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace containment {

/// One `PROBE` line.
struct Step {
  std::string name{};
  std::optional<long> result{};
  std::string error{}; // "EPERM"; "0" for none; empty for a note
  std::string text{};  // of a note
};

std::vector<Step> parse_steps(std::string_view output);

struct Observation {
  sandbox::Result result{};
  std::string out{};
  std::string err{};
  std::vector<Step> steps{};

  const Step* find(std::string_view name) const;
};

/// How the attack program says it ended.
inline constexpr int contained_status = 0;
inline constexpr int escaped_status = 10;

} // namespace containment
