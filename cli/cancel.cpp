// SPDX-License-Identifier: Apache-2.0
#include "cancel.hpp"

#include "exit_status.hpp"

#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>

namespace sandbox::cli {
namespace {

/// Ends the watcher.
constexpr int end_signal = SIGUSR1;

/// How long a stop request may take, whatever further signals come.
constexpr std::chrono::seconds grace{2};

sigset_t watched() noexcept {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, end_signal}) {
    sigaddset(&set, signal);
  }
  return set;
}

/// Returns when the watcher is told to end; ends the process when that takes too long.
void wait_for_end(const sigset_t& set, int signal) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + grace;
  for (Clock::duration left = grace; left > Clock::duration::zero();
       left = deadline - Clock::now()) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec wait{seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
    if (sigtimedwait(&set, nullptr, &wait) == end_signal) {
      return;
    }
  }
  ::_exit(signal_base_status + signal);
}

} // namespace

CancelOnSignal::CancelOnSignal() {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  watcher_ = std::thread([this, set] {
    int signal = 0;
    sigwait(&set, &signal);
    if (signal == end_signal) {
      return;
    }
    signal_ = signal;
    stop_.request_stop();
    wait_for_end(set, signal);
  });
}

CancelOnSignal::~CancelOnSignal() {
  pthread_kill(watcher_.native_handle(), end_signal);
  watcher_.join();
}

} // namespace sandbox::cli
