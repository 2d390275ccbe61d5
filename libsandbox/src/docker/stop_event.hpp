// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"
#include "os/system_error.hpp"

#include <sys/eventfd.h>

#include <stop_token>

namespace sandbox::docker {

/// A stop_token that poll(2) can wait for.
class StopEvent {
 public:
  explicit StopEvent(const std::stop_token& stop)
      : event_(os::check(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
        callback_(stop, Raise{event_.get()}) {}
  int descriptor() const noexcept { return event_.get(); }

 private:
  struct Raise {
    int event;
    void operator()() const noexcept { ::eventfd_write(event, 1); }
  };
  os::Fd event_;
  std::stop_callback<Raise> callback_;
};

} // namespace sandbox::docker
