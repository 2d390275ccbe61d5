// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "monitor/input_source.hpp"
#include "monitor/stage_streams.hpp"

#include <cstddef>

namespace sandbox::monitor {

/// The streams travel in frames beside the others. Input is sent as far as init has room for it:
/// what the program does not read must not stand in the way of a `kill`.
class FrameStreams final : public StageStreams {
 public:
  FrameStreams(Channel& channel, const Input& input, OutputGate& gate)
      : channel_(channel), source_(input), gate_(gate) {}

  void begin() override { send_input(); }
  std::size_t list_events(pollfd* events) const override;
  void handle(const pollfd* events) override;
  bool take(const wire::Frame& frame) override;
  void drain() override {} // init sends what is left before it says that the stage has ended

 private:
  void send_input();

  Channel& channel_;
  InputSource source_;
  OutputGate& gate_;
  std::size_t room_{wire::input_window};
  bool end_sent_{false};
};

} // namespace sandbox::monitor
