// SPDX-License-Identifier: Apache-2.0
#include "pool/threads.hpp"

#include <sandbox/error.hpp>

#include <csignal>
#include <system_error>

namespace sandbox::pool {
namespace {

/// Threads that are made while this lives inherit its mask.
class SignalsBlocked {
 public:
  SignalsBlocked() noexcept {
    sigset_t blocked;
    sigfillset(&blocked);
    // What a fault of this very thread raises: the application's crash handler should see it.
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
      sigdelset(&blocked, fault);
    }
    pthread_sigmask(SIG_BLOCK, &blocked, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

} // namespace

Threads::Threads(unsigned count, const Body& body) {
  const SignalsBlocked blocked;
  try {
    threads_.reserve(count);
    for (unsigned i = 0; i < count; ++i) {
      threads_.emplace_back(body);
    }
  } catch (const std::system_error& error) {
    request_stop();
    throw Error(ErrorCode::resource, "start a thread", error.what(),
                "ask for fewer slots, or raise the limit on threads", error.code().value());
  }
}

Threads::~Threads() {
  request_stop();
}

void Threads::request_stop() noexcept {
  for (std::jthread& thread : threads_) {
    thread.request_stop();
  }
}

} // namespace sandbox::pool
