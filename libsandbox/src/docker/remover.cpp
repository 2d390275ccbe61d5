// SPDX-License-Identifier: Apache-2.0
#include "docker/remover.hpp"

#include "docker/garbage.hpp"
#include "os/signals_blocked.hpp"

#include <chrono>

namespace sandbox::docker {
namespace {

constexpr std::size_t most_waiting = 8;
constexpr std::size_t most_left = 1024;
constexpr std::chrono::seconds pause_before_next_try{1};
constexpr unsigned not_found = 404;
constexpr unsigned in_progress = 409;
constexpr std::chrono::seconds patience{30};
constexpr std::chrono::seconds end_patience{10};

bool is_gone(const Engine& engine, const std::string& id) {
  return engine.call({Verb::get, "/containers/" + id + "/json"}).status == not_found;
}

enum class Removal : std::uint8_t { done, not_there, failed };

Removal try_to_remove(const Engine& engine, const std::string& id) noexcept {
  try {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    Call call{Verb::remove, "/containers/" + id};
    call.query = {{"force", "1"}, {"v", "1"}};
    const unsigned status = engine.call(call).status;
    if (status == not_found || status < 300) {
      return status == not_found ? Removal::not_there : Removal::done;
    }
    // The engine removes it by itself when its init has ended, and says that this is in progress.
    // To wait for `removed` instead fails for a container that is just gone.
    while (status == in_progress && std::chrono::steady_clock::now() < deadline) {
      if (is_gone(engine, id)) {
        return Removal::done;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  } catch (const std::exception&) {
    // Whoever tries again, or a later backend, which finds it by its labels.
  }
  return Removal::failed;
}

} // namespace

std::shared_ptr<Remover> Remover::make(EngineAddress address) {
  return {new Remover(std::move(address)), [](Remover* remover) {
            if (remover->made_here_) {
              delete remover;
            }
          }};
}

Remover::Remover(EngineAddress address) : engine_(std::move(address)) {
  const os::SignalsBlocked blocked;
  thread_ = std::thread([this] { serve(); });
}

Remover::~Remover() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    give_up_ = Clock::now() + end_patience;
  }
  changed_.notify_one();
  thread_.join();
}

void Remover::remove(std::string id) noexcept {
  if (!made_here_) {
    return;
  }
  try {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < most_waiting) {
      waiting_.push_back(std::move(id));
      changed_.notify_one();
      return;
    }
  } catch (const std::exception&) {
    // No memory for the queue: done here, then.
  }
  std::unique_lock lock(mutex_);
  remove_or_keep({std::move(id), {}}, lock);
}

void Remover::remove_when_made(std::string name, std::chrono::seconds at_most) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    left_.push_back({std::move(name), Clock::now() + at_most});
    changed_.notify_one();
  } catch (const std::exception&) {
    // Its labels tell others when it may be removed.
  }
}

void Remover::remove_or_keep(Left left, std::unique_lock<std::mutex>& lock) noexcept try {
  lock.unlock();
  const Removal removal = try_to_remove(engine_, left.id);
  lock.lock();
  const bool may_come = removal == Removal::not_there && Clock::now() < left.until;
  if ((removal == Removal::failed || may_come) && left_.size() < most_left) {
    left_.push_back(std::move(left));
  }
} catch (const std::bad_alloc&) {
  // As above.
}

/// All that are left, but new ones come first.
void Remover::try_again(std::unique_lock<std::mutex>& lock) {
  for (std::size_t i = left_.size(); i > 0 && waiting_.empty() && !stopping_; --i) {
    Left left = std::move(left_.front());
    left_.pop_front();
    remove_or_keep(std::move(left), lock);
  }
}

void Remover::serve() {
  try {
    remove_abandoned_containers(engine_, false, [this] {
      const std::lock_guard lock(mutex_);
      return stopping_;
    });
  } catch (const std::exception&) {
    // An engine that does not answer will tell whoever opens a box.
  }
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto has_work = [this] { return stopping_ || !waiting_.empty(); };
    if (left_.empty()) {
      changed_.wait(lock, [&] { return has_work() || !left_.empty(); });
    } else {
      changed_.wait_for(lock, pause_before_next_try, has_work);
    }
    if (stopping_ && Clock::now() > give_up_) {
      return; // their labels and the engine's own removal are for the rest
    }
    if (!waiting_.empty()) {
      std::string id = std::move(waiting_.front());
      waiting_.pop_front();
      remove_or_keep({std::move(id), {}}, lock);
    } else if (stopping_) {
      return;
    } else {
      try_again(lock);
    }
  }
}

bool remove_container(const Engine& engine, const std::string& id) noexcept {
  return try_to_remove(engine, id) != Removal::failed;
}

} // namespace sandbox::docker
