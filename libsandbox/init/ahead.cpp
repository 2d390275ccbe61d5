// SPDX-License-Identifier: Apache-2.0
#include "ahead.hpp"

#include "cpu_clock.hpp"
#include "spawn.hpp"
#include "trace.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sandbox::init {
namespace {

constexpr std::uint64_t longest_start_ns = 2'000'000'000;
constexpr std::uint64_t ns_per_ms = 1'000'000;
constexpr std::size_t longest_source = 255;
/// A program that stops without a gap must not keep us from the deadline and the supervisor's end.
constexpr int stops_at_a_time = 256;

/// Until a child's state changes, or only looks. The supervisor waits for the answer: what is to be
/// read from it is its end.
void await_child(FrameReader& reader, int child_signals, std::uint64_t timeout_ns) noexcept {
  pollfd events[2] = {{child_signals, POLLIN, 0}, {reader.in(), POLLIN, 0}};
  ::poll(events, 2, static_cast<int>((timeout_ns + ns_per_ms - 1) / ns_per_ms));
  if (events[1].revents != 0) {
    ::_exit(0);
  }
  drain_child_signals(child_signals);
}

} // namespace

Outcome Ahead::start(FrameReader& reader, const wire::StartAhead& request) noexcept {
  char source[longest_source + 1];
  if (request.source.size() > longest_source) {
    end();
    return {"start ahead", "name of the source", ENAMETOOLONG};
  }
  request.source.copy(source, longest_source);
  const std::string_view name(source, request.source.size());
  slot_.at_rest.reset();
  held_.memory_before = given_.figures().memory_usage();
  held_.processes_peak_before = given_.figures().processes_peak();
  Outcome outcome = spawn(slot_, {request.run, given_, true}, held_.pid);
  if (!outcome.failed()) {
    outcome = follow(reader, name);
  }
  if (outcome.failed()) {
    end();
    return outcome;
  }
  held_.switches = switches_of(held_.pid);
  return {};
}

Outcome Ahead::follow(FrameReader& reader, std::string_view source) noexcept {
  Trace trace(held_.pid, source, slot_.token);
  const std::uint64_t deadline = clock_ns(CLOCK_MONOTONIC) + longest_start_ns;
  for (;;) {
    bool stopped = true;
    for (int i = 0; stopped && i < stops_at_a_time; ++i) {
      int status = 0;
      stopped = ::waitpid(held_.pid, &status, WNOHANG) == held_.pid;
      switch (stopped ? trace.stopped(status) : Trace::Step::going_on) {
      case Trace::Step::held:
        return {};
      case Trace::Step::refused:
        return {"start ahead", "the program did not ask for its source", ECHILD};
      case Trace::Step::going_on:
        break;
      }
    }
    const std::uint64_t now = clock_ns(CLOCK_MONOTONIC);
    if (now >= deadline) {
      return {"start ahead", "the program did not ask for its source", ETIMEDOUT};
    }
    await_child(reader, slot_.child_signals, stopped ? 0 : deadline - now);
  }
}

void Ahead::end() noexcept {
  if (is_there()) {
    end_held(slot_);
    held_ = {};
  }
  given_.close();
}

} // namespace sandbox::init
