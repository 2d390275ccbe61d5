// SPDX-License-Identifier: Apache-2.0
//
// How set-up steps of guard, launcher, slot and init report: nothing, or the step that failed, what
// it was about and the errno.
#pragma once

#include <cerrno>

namespace sandbox::init {

struct [[nodiscard]] Outcome {
  const char* step{nullptr};
  const char* subject{""};
  int error{0};

  bool failed() const noexcept { return step != nullptr; }
};

/// `step` and `subject` must outlive the outcome; errno is taken at once.
inline Outcome check(long result, const char* step, const char* subject = "") noexcept {
  return result >= 0 ? Outcome{} : Outcome{step, subject, errno};
}

/// The steps one after another, until one fails.
template <class... Step>
Outcome in_order(Step... step) noexcept {
  Outcome outcome;
  static_cast<void>(((outcome = step(), !outcome.failed()) && ...));
  return outcome;
}

} // namespace sandbox::init
