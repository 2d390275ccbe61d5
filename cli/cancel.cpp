// SPDX-License-Identifier: Apache-2.0
#include "cancel.hpp"

#include <pthread.h>

#include <csignal>

namespace sandbox::cli {
namespace {

/// Ends the watcher.
constexpr int end_signal = SIGUSR1;

sigset_t watched() noexcept {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, end_signal}) {
    sigaddset(&set, signal);
  }
  return set;
}

} // namespace

CancelOnSignal::CancelOnSignal() {
  const sigset_t set = watched();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  watcher_ = std::thread([this, set] {
    int signal = 0;
    while (sigwait(&set, &signal) == 0 && signal != end_signal) {
      int none = 0;
      signal_.compare_exchange_strong(none, signal);
      stop_.request_stop();
    }
  });
}

CancelOnSignal::~CancelOnSignal() {
  pthread_kill(watcher_.native_handle(), end_signal);
  watcher_.join();
}

} // namespace sandbox::cli
