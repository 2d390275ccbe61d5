// SPDX-License-Identifier: Apache-2.0
#include "os/write_all.hpp"

#include "os/system_error.hpp"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

namespace sandbox::os {
namespace {

sigset_t pipe_signal() noexcept {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

} // namespace

NoPipeSignal::NoPipeSignal() noexcept {
  sigset_t pending;
  sigpending(&pending);
  was_pending_ = sigismember(&pending, SIGPIPE) == 1;
  const sigset_t set = pipe_signal();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

NoPipeSignal::~NoPipeSignal() {
  if (!was_pending_) {
    const sigset_t set = pipe_signal();
    const timespec now{};
    while (sigtimedwait(&set, nullptr, &now) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void write_all(int fd, std::string_view bytes) {
  const NoPipeSignal guard;
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd event{fd, POLLOUT, 0};
      ::poll(&event, 1, -1);
    } else if (const int error = errno; error != EINTR) {
      throw system_error(ErrorCode::resource, "write", "output", error);
    }
  }
}

} // namespace sandbox::os
