// SPDX-License-Identifier: Apache-2.0
//
// One stage from the supervisor's side: hands the command to init, moves input and output, applies
// the output limit, cancellation and a backstop deadline, and turns what was seen into a Result.
#pragma once

#include "monitor/box.hpp"
#include "monitor/output_gate.hpp"
#include "monitor/stage_streams.hpp"
#include "monitor/started_ahead.hpp"
#include "monitor/verdict.hpp"

#include <sandbox/command.hpp>
#include <sandbox/output.hpp>
#include <sandbox/result.hpp>

#include <chrono>
#include <optional>
#include <stop_token>

namespace sandbox::monitor {

class StageRun {
 public:
  /// Keeps references: all must outlive it. Throws Error(invalid_argument) for a command that
  /// cannot be meant.
  StageRun(Box& box, const Command& command, OutputSink& sink);
  /// Of a program that init holds, which serves the command.
  StageRun(Box& box, const Command& command, OutputSink& sink, StartedAhead ahead);

  /// See Session::run.
  Result run(const std::stop_token& stop);

 private:
  void send_request();
  void pump(int stop_event);
  void poll_once(int stop_event);
  void handle_frames();
  void handle_streams(const pollfd* events);
  Result full_of_leftovers() const;
  void refuse_endless(const wire::Frame& frame);
  void kill(wire::Stop cause) noexcept;
  void deadline_passed();
  void lift_cpu_limit() noexcept;
  void init_is_gone();
  wire::Ended how_it_ended() const;
  Observation observation(const wire::Ended& ended) const;
  Usage usage(const wire::Ended& ended) const;
  bool memory_limit_reached(const wire::Ended& ended) const;
  Result make_result() const;

  Box& box_;
  const Command& command_;
  StageSetup setup_;
  bool ahead_{false};
  OutputGate output_;
  std::unique_ptr<StageStreams> streams_;
  std::chrono::steady_clock::time_point started_{};
  std::chrono::steady_clock::time_point deadline_{};
  bool cpu_limit_lifted_{false};
  wire::Stop asked_{wire::Stop::none};
  std::optional<wire::Ended> ended_;
  bool lost_{false};
  bool unreachable_{false}; // what was to be sent to init could not be
  bool refused_{false};     // by init, which waits for the next request
  bool more_frames_{false}; // may have arrived already
  std::uint64_t late_bytes_{0};
};

/// Throws Error when the Ready frame is of another protocol version.
void expect_version(const wire::Frame& frame);

} // namespace sandbox::monitor
