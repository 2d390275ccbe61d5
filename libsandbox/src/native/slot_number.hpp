// SPDX-License-Identifier: Apache-2.0
//
// Which of the application's slots a slot is: its user ids follow from the number, so no two that
// live may have the same.
#pragma once

#include <memory>
#include <mutex>
#include <set>

namespace sandbox::native {

/// The numbers below a bound that are not taken. Thread-safe.
class SlotNumbers {
 public:
  explicit SlotNumbers(unsigned bound) : bound_(bound) {}

  /// The lowest free one. Throws Error(resource) when there is none.
  unsigned take();
  void give_back(unsigned number) noexcept;

 private:
  std::mutex mutex_;
  unsigned bound_;
  unsigned never_taken_{0}; // this and all above
  std::set<unsigned> given_back_;
};

/// Owns a number.
class SlotNumber {
 public:
  explicit SlotNumber(std::shared_ptr<SlotNumbers> numbers)
      : numbers_(std::move(numbers)), value_(numbers_->take()) {}
  SlotNumber(SlotNumber&& other) noexcept = default;
  SlotNumber& operator=(SlotNumber&& other) = delete;
  ~SlotNumber() {
    if (numbers_ != nullptr) {
      numbers_->give_back(value_);
    }
  }
  unsigned value() const noexcept { return value_; }

 private:
  std::shared_ptr<SlotNumbers> numbers_;
  unsigned value_;
};

} // namespace sandbox::native
