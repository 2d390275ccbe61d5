// SPDX-License-Identifier: Apache-2.0
//
// Boxes are removed in the background; this tells when one is gone, without asking the engine
// again and again.
#pragma once

#include "docker/engine.hpp"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace benchmark {

class RemovalWatch {
 public:
  explicit RemovalWatch(const sandbox::docker::EngineAddress& address);

  /// How many containers of this process are gone by now.
  int count() const;
  /// Waits until it is more than `before`. Throws std::runtime_error after a minute.
  void wait_beyond(int before);
  /// Waits until nothing has been removed for a while.
  void settle() const;

 private:
  void watch(const std::stop_token& stop) noexcept;

  sandbox::docker::Engine engine_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int count_{0};
  std::string failure_;
  std::jthread thread_; // last: it uses the others
};

} // namespace benchmark
