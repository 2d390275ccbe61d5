// SPDX-License-Identifier: Apache-2.0
//
// Whether boxes can be had. A worker that went on taking jobs while its engine is away would fail
// each in a millisecond, and make dead letters of all that wait.
#pragma once

#include "log.hpp"

#include <sandbox/backend.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace worker {

/// Thread-safe.
class HostHealth {
 public:
  /// `backend` and `log` must live as long as this.
  HostHealth(sandbox::Backend& backend, Log& log) : backend_(backend), log_(log) {}

  /// A run could not be had.
  void doubt() noexcept { ++doubts_; }

  /// False from then on until the backend says that it is usable, which is asked now, at most once
  /// a second, and five times while it says yes. Of several threads one waits for the answer.
  bool is_well() noexcept;

  /// What was found last, without asking.
  bool was_well() const noexcept { return !ill_; }

 private:
  bool is_usable() noexcept;

  sandbox::Backend& backend_;
  Log& log_;
  std::mutex asking_{};
  std::chrono::steady_clock::time_point next_{};
  std::atomic<std::uint64_t> doubts_{0};
  std::atomic<std::uint64_t> settled_{0}; // so many of them
  std::atomic<bool> ill_{false};
};

} // namespace worker
