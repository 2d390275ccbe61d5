// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

namespace sandbox::pool {

/// Threads that run the same function until they are asked to stop. No signal of the application's
/// is delivered to them.
class Threads {
 public:
  using Body = std::function<void(std::stop_token)>;

  /// Throws Error(resource); those already started have ended then.
  Threads(unsigned count, const Body& body);
  /// Asks them to stop and waits for them.
  ~Threads();
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  void request_stop() noexcept;

 private:
  std::vector<std::jthread> threads_;
};

} // namespace sandbox::pool
