// SPDX-License-Identifier: Apache-2.0
#include "cancel.hpp"

#include "exit_status.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

namespace sandbox::cli {
namespace {

/// Ends the watcher.
constexpr int end_signal = SIGUSR1;

/// How long a stop request may take, whatever further signals come.
constexpr time_t grace_seconds = 2;

sigset_t watched() noexcept {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, end_signal}) {
    sigaddset(&set, signal);
  }
  return set;
}

timespec now() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time;
}

/// Returns when the watcher is told to end; ends the process when that takes too long.
void wait_for_end(const sigset_t& set, int signal) {
  const timespec begun = now();
  for (;;) {
    const timespec current = now();
    const time_t waited = current.tv_sec - begun.tv_sec;
    const timespec rest{grace_seconds - waited, 0};
    if (waited >= grace_seconds) {
      ::_exit(signal_base_status + signal);
    }
    if (sigtimedwait(&set, nullptr, &rest) == end_signal) {
      return;
    }
  }
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
