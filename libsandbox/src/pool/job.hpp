// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/sandbox.hpp>

#include <functional>
#include <future>
#include <optional>
#include <stop_token>
#include <string_view>

namespace sandbox::pool {

/// A submission and the promise of its report.
class Job {
 public:
  Job(Recipe recipe, Submission submission, RunOptions options);

  std::future<Report> future() { return promise_.get_future(); }

  /// Asks for this job's end when the caller does, then calls `then`, in the caller's thread; at
  /// once when the caller already has.
  void follow(std::stop_token caller, std::function<void()> then);

  void request_stop() noexcept { stop_.request_stop(); }
  bool stop_requested() const noexcept { return stop_.stop_requested(); }

  /// Each job sees one of these, once.
  void run(const Sandbox& sandbox) noexcept;
  void cancel(std::string_view why) noexcept; // without having run

 private:
  Recipe recipe_;
  Submission submission_;
  RunOptions options_;
  std::promise<Report> promise_;
  std::stop_source stop_;
  // The last member: what it calls uses the others.
  std::optional<std::stop_callback<std::function<void()>>> caller_;
};

} // namespace sandbox::pool
