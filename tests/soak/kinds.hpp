// SPDX-License-Identifier: Apache-2.0
//
// The corpus: what each program does, under which limits, and which ends of it are right.
#pragma once

#include <sandbox/limits.hpp>
#include <sandbox/result.hpp>

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace soak {

using Random = std::mt19937_64;

/// A whole number from `low` to `high`, both among them.
unsigned pick(Random& random, unsigned low, unsigned high);

struct Kind {
  std::string name;
  bool hostile{false}; // which of the two programs
  std::vector<std::string> args;
  sandbox::Limits limits;
  std::vector<sandbox::Verdict> right;
  std::string input{};
  /// Says what is wrong although the verdict is right; empty when nothing is.
  std::function<std::string(const sandbox::Result& result, const std::string& out)> also{};
  /// Brought back from /box where the route can do that.
  std::vector<std::string> artifacts{};
};

/// Exits with 0 at once.
const Kind& noop();
/// Says "asleep", then waits for ever; wall_time_limit, soon.
const Kind& sleeper();

/// Four of five are honest.
const Kind& any_kind(Random& random);
/// One that does not end by itself.
const Kind& endless_kind(Random& random);

/// What is wrong with this end of it; empty when nothing is.
std::string wrong(const Kind& kind, const sandbox::Result& result, const std::string& out);

} // namespace soak
