// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/engine.hpp"
#include "os/made_here.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace sandbox::docker {

/// Removes containers in the background, with a thread that takes no signals: first what killed
/// applications left behind. What is queued when it is destroyed is removed before, as far as ten
/// seconds and the removal that is under way then allow.
class Remover {
 public:
  /// The last owner destroys it; in a forked child, which has no such thread, nobody does, and
  /// remove() does nothing there.
  static std::shared_ptr<Remover> make(EngineAddress address);
  Remover(const Remover&) = delete;
  Remover& operator=(const Remover&) = delete;
  ~Remover();

  const Engine& engine() const noexcept { return engine_; }

  /// When too many wait already, the caller removes this one itself. What the engine does not
  /// remove now is tried again and again.
  void remove(std::string id) noexcept;
  /// By the name of one that the engine may make yet.
  void remove_when_made(std::string name, std::chrono::seconds at_most) noexcept;

 private:
  explicit Remover(EngineAddress address);

  using Clock = std::chrono::steady_clock;
  struct Left {
    std::string id;
    Clock::time_point until; // when one that is not there will not come any more
  };

  void serve();
  void remove_or_keep(Left left, std::unique_lock<std::mutex>& lock) noexcept;
  void try_again(std::unique_lock<std::mutex>& lock);

  Engine engine_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  std::deque<Left> left_;
  bool stopping_{false};
  Clock::time_point give_up_{};
  os::MadeHere made_here_;
  std::thread thread_;
};

/// Removes a container and waits until the engine knows it no more; false when it could not be.
bool remove_container(const Engine& engine, const std::string& id) noexcept;

} // namespace sandbox::docker
