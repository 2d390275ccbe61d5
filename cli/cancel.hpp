// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace sandbox::cli {

/// Turns SIGINT, SIGTERM and SIGHUP into a stop request. Make it before any other thread: it blocks
/// the signals. Where the request is not followed soon, because whoever reads our output has
/// stopped reading, it ends this process; the box dies with the stream to it.
class CancelOnSignal {
 public:
  CancelOnSignal();
  CancelOnSignal(const CancelOnSignal&) = delete;
  CancelOnSignal& operator=(const CancelOnSignal&) = delete;
  ~CancelOnSignal();

  std::stop_token token() const noexcept { return stop_.get_token(); }
  /// The signal that came, or 0.
  int signal() const noexcept { return signal_; }

 private:
  std::stop_source stop_;
  std::atomic<int> signal_{0};
  std::thread watcher_;
};

} // namespace sandbox::cli
