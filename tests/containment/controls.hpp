// SPDX-License-Identifier: Apache-2.0
//
// Which attacks were seen to succeed without a sandbox. Seen once by root, and read by the runs of
// users who could not try.
#pragma once

#include "containment/check.hpp"

#include <map>
#include <string>

namespace containment {

/// How the answer begins when an attack was tried and did not succeed.
inline constexpr const char* no_success = "does not succeed without a sandbox";

class Controls {
 public:
  /// Reads what an earlier run saw; an empty name or a missing file: nothing is known yet.
  explicit Controls(const std::string& file);

  /// Empty when the attack of this check succeeds without a sandbox; else why that is not known.
  std::string why_not_proven(const Check& check);

  void save(const std::string& file) const;

 private:
  std::map<std::string, std::string> seen_; // check -> why not; empty: it succeeded
};

} // namespace containment
