// SPDX-License-Identifier: Apache-2.0
#include "docker/remover.hpp"

#include "docker/garbage.hpp"

#include <chrono>
#include <csignal>

namespace sandbox::docker {
namespace {

constexpr std::size_t most_waiting = 8;
constexpr unsigned not_found = 404;
constexpr unsigned in_progress = 409;
constexpr std::chrono::seconds patience{30};

bool is_gone(const Engine& engine, const std::string& id) {
  return engine.call({Verb::get, "/containers/" + id + "/json"}).status == not_found;
}

/// Threads inherit the mask of who starts them: signals are for the application's own.
class BlockedSignals {
 public:
  BlockedSignals() noexcept {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

} // namespace

Remover::Remover(EngineAddress address) : engine_(std::move(address)) {
  const BlockedSignals blocked;
  thread_ = std::thread([this] { serve(); });
}

Remover::~Remover() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Remover::remove(std::string id) noexcept {
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
  remove_container(engine_, id);
}

void Remover::serve() {
  try {
    remove_garbage(engine_, false);
  } catch (const std::exception&) {
    // An engine that does not answer will tell whoever opens a box.
  }
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) {
      return;
    }
    const std::string id = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    remove_container(engine_, id);
    lock.lock();
  }
}

bool remove_container(const Engine& engine, const std::string& id) noexcept {
  try {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    Call call{Verb::remove, "/containers/" + id};
    call.query = {{"force", "1"}, {"v", "1"}};
    const unsigned status = engine.call(call).status;
    if (status == not_found || status < 300) {
      return true;
    }
    // The engine removes it by itself when its init has ended, and says that this is in progress.
    while (status == in_progress && std::chrono::steady_clock::now() < deadline) {
      if (is_gone(engine, id)) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  } catch (const std::exception&) {
    // The reaper of a later backend, or the engine itself, finds it by its labels.
  }
  return false;
}

} // namespace sandbox::docker
