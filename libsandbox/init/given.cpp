// SPDX-License-Identifier: Apache-2.0
#include "given.hpp"

namespace sandbox::init {

bool Given::take_streams(Descriptors& received) noexcept {
  for (os::Fd& stream : streams_) {
    stream = os::Fd(received.take());
  }
  return static_cast<bool>(streams_[2]);
}

Outcome Given::open(Relay& relay) noexcept {
  int ends[3] = {-1, -1, -1};
  const Outcome outcome = relay.open(ends);
  for (int i = 0; i < 3; ++i) {
    streams_[i] = os::Fd(ends[i]);
  }
  return outcome;
}

void Given::take_group(const wire::Run& request, Descriptors& received) noexcept {
  group_ = os::Fd(request.own_group != wire::OwnGroup::none ? received.take() : -1);
  figures_.adopt(request.figures, received);
}

void Given::close_streams() noexcept {
  for (os::Fd& stream : streams_) {
    stream.close();
  }
}

void Given::close() noexcept {
  close_streams();
  group_.close();
  figures_.close();
}

} // namespace sandbox::init
