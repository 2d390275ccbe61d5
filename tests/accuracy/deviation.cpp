// SPDX-License-Identifier: Apache-2.0
#include "accuracy/deviation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace accuracy {

void Deviation::add(double reported, double truth) {
  const double difference = reported - truth;
  lowest_ = runs_ == 0 ? difference : std::min(lowest_, difference);
  highest_ = runs_ == 0 ? difference : std::max(highest_, difference);
  worst_share_ = std::max(worst_share_, std::abs(difference) / truth);
  truth_ = truth;
  ++runs_;
  misses_ += std::abs(difference) > std::max(share_ * truth, floor_) ? 1 : 0;
}

void Deviation::add_sample(double reported, double truth) {
  const int before = misses_;
  add(reported, truth);
  if (misses_ != before && reported < truth) {
    misses_ = before;
    ++samples_too_low_;
  }
}

int Deviation::misses() const noexcept {
  const int strays = one_in_ != 0 ? runs_ / one_in_ : 0;
  return misses_ > strays ? misses_ : 0;
}

void Deviation::print(const std::string& kind, const char* unit_name, double unit) const {
  fmt::print("{:<34} {:>4} {:>10.3f} {} {:>+9.3f} .. {:>+7.3f}  {:>6.2f} %  {}\n", kind, runs_,
             truth_ / unit, unit_name, lowest_ / unit, highest_ / unit, worst_share_ * 100,
             misses() != 0           ? fmt::format("{} MISSED", misses_)
             : misses_ != 0          ? fmt::format("{} stray", misses_)
             : samples_too_low_ != 0 ? fmt::format("{} sampled too low", samples_too_low_)
                                     : std::string());
  std::fflush(stdout);
}

void Deviation::print_head(const std::string& what) {
  fmt::print("\n{:<34} {:>4} {:>13} {:>20}  {:>8}\n", what, "runs", "truth", "off by", "at most");
}

} // namespace accuracy
