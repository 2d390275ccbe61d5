// SPDX-License-Identifier: Apache-2.0
//
// How a program's stdin, stdout and stderr travel during a stage.
#pragma once

#include "monitor/channel.hpp"
#include "monitor/output_gate.hpp"

#include <sandbox/input.hpp>

#include <poll.h>

#include <memory>
#include <vector>

namespace sandbox::monitor {

class StageStreams {
 public:
  static constexpr std::size_t max_events = 4;

  virtual ~StageStreams() = default;
  StageStreams(const StageStreams&) = delete;
  StageStreams& operator=(const StageStreams&) = delete;

  /// What goes with the request; then the request has been sent.
  virtual std::vector<int> descriptors() const { return {}; }
  virtual void begin() = 0;

  /// Fills in what to poll for, at most max_events; returns how many. handle() gets them back.
  virtual std::size_t list_events(pollfd* events) const = 0;
  virtual void handle(const pollfd* events) = 0;
  /// Takes a frame from init when it is one of a stream's; false when it is not.
  virtual bool take(const wire::Frame& frame) = 0;

  /// The program is gone: what it wrote last.
  virtual void drain() = 0;

 protected:
  StageStreams() = default;
};

/// Keeps references to all three.
std::unique_ptr<StageStreams> make_streams(Channel& channel, const Input& input, OutputGate& gate);

} // namespace sandbox::monitor
