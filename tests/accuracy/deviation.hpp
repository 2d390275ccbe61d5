// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace accuracy {

/// How far the reports of one kind of program are from the truth.
class Deviation {
 public:
  /// Off by more than `share` of the truth and more than `floor` is a miss; as few as one run in
  /// `one_in` may be, zero for none.
  Deviation(double share, double floor, int one_in = 0)
      : share_(share), floor_(floor), one_in_(one_in) {}

  void add(double reported, double truth);
  /// One that may be too low; too high is a miss as ever.
  void add_sample(double reported, double truth);
  /// Something that was not measured at all.
  void add_miss() { ++runs_, ++misses_; }
  int misses() const noexcept;

  /// One line; figures are divided by `unit`.
  void print(const std::string& kind, const char* unit_name, double unit) const;
  static void print_head(const std::string& what);

 private:
  double share_;
  double floor_;
  int one_in_;
  int runs_{0};
  int misses_{0};
  double lowest_{0}; // differences
  double highest_{0};
  double worst_share_{0};
  double truth_{0}; // of the last
  int samples_too_low_{0};
};

} // namespace accuracy
