// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "monitor/input_pump.hpp"
#include "monitor/output_pump.hpp"
#include "monitor/program_pipes.hpp"
#include "monitor/stage_streams.hpp"

#include <utility>

namespace sandbox::monitor {

/// The program writes into the supervisor's own pipes.
class PipeStreams final : public StageStreams {
 public:
  PipeStreams(const Input& input, OutputGate& gate) : input_(input), output_(gate) {}
  /// The program has its ends already.
  PipeStreams(const Input& input, OutputGate& gate, ProgramPipes pipes)
      : input_(input, std::move(pipes.input.our_end)),
        output_(gate, std::move(pipes.output.our_end), std::move(pipes.error.our_end)) {}

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
