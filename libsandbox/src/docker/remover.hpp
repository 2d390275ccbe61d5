// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/engine.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

namespace sandbox::docker {

/// Removes containers in the background, with a thread that takes no signals: first what killed
/// applications left behind. What is queued when it is destroyed is removed before.
class Remover {
 public:
  explicit Remover(EngineAddress address);
  Remover(const Remover&) = delete;
  Remover& operator=(const Remover&) = delete;
  ~Remover();

  const Engine& engine() const noexcept { return engine_; }

  /// By id or name. When too many wait already, the caller removes this one itself.
  void remove(std::string id) noexcept;

 private:
  void serve();

  Engine engine_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  bool stopping_{false};
  std::thread thread_;
};

/// Removes a container and waits until the engine knows it no more; false when it could not be.
bool remove_container(const Engine& engine, const std::string& id) noexcept;

} // namespace sandbox::docker
