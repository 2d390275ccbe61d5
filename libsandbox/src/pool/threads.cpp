// SPDX-License-Identifier: Apache-2.0
#include "pool/threads.hpp"

#include "os/signals_blocked.hpp"

#include <sandbox/error.hpp>

#include <system_error>

namespace sandbox::pool {

Threads::Threads(unsigned count, const Body& body) {
  const os::SignalsBlocked blocked;
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
