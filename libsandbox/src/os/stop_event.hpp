// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"
#include "os/system_error.hpp"

#include <sys/eventfd.h>

#include <optional>
#include <stop_token>

namespace sandbox::os {

/// A stop_token that poll(2) can wait for.
class StopEvent {
 public:
  explicit StopEvent(const std::stop_token& stop) {
    if (stop.stop_possible()) {
      event_ = Fd(check(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"));
      callback_.emplace(stop, Raise{event_.get()});
    }
  }
  /// Readable when a stop is requested; -1 when none can be.
  int descriptor() const noexcept { return event_.get(); }

 private:
  struct Raise {
    int event;
    void operator()() const noexcept { ::eventfd_write(event, 1); }
  };
  Fd event_;
  std::optional<std::stop_callback<Raise>> callback_;
};

} // namespace sandbox::os
