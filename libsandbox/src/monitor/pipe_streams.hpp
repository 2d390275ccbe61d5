// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "monitor/input_pump.hpp"
#include "monitor/output_pump.hpp"
#include "monitor/stage_streams.hpp"

namespace sandbox::monitor {

/// The program writes into the supervisor's own pipes.
class PipeStreams final : public StageStreams {
 public:
  PipeStreams(const Input& input, OutputGate& gate) : input_(input), output_(gate) {}

  std::vector<int> descriptors() const override;
  void begin() override;
  std::size_t list_events(pollfd* events) const override;
  void handle(const pollfd* events) override;
  bool take(const wire::Frame& /*frame*/) override { return false; }
  void drain() override { output_.drain(); }

 private:
  InputPump input_;
  OutputPump output_;
};

} // namespace sandbox::monitor
