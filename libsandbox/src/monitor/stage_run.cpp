// SPDX-License-Identifier: Apache-2.0
#include "monitor/stage_run.hpp"

#include "monitor/pipe_streams.hpp"
#include "monitor/request.hpp"
#include "os/stop_event.hpp"
#include "os/system_error.hpp"

#include <sandbox/units.hpp>

#include <poll.h>

#include <algorithm>
#include <csignal>

namespace sandbox::monitor {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

/// How long after the wall limit init may take to end the stage before it gets help, and before it
/// is given up.
constexpr std::chrono::milliseconds help_grace{50};
constexpr std::chrono::seconds backstop_grace{5};
/// What may be on its way when a deadline passes; an init that sends more does not mean to end.
constexpr std::uint64_t most_late_bytes = 16 << 20;
/// A program that floods must not keep us from deadlines and stop requests.
constexpr int frames_at_a_time = 16;

nanoseconds ns(std::uint64_t value) noexcept {
  return nanoseconds(static_cast<std::int64_t>(value));
}

std::optional<std::uint64_t> measured(std::uint64_t value) {
  return value == wire::not_measured ? std::nullopt : std::optional(value);
}

std::optional<nanoseconds> measured_time(std::uint64_t value) {
  return value == wire::not_measured ? std::nullopt : std::optional(ns(value));
}

std::vector<Touched> touched(const wire::Ended& ended) {
  std::vector<Touched> all;
  if (measured(ended.process_limit_hits).value_or(0) > 0) {
    all.push_back({"processes", ended.process_limit_hits});
  }
  if (ended.disk_full != 0) {
    all.push_back({"disk_bytes", 1});
  }
  if (ended.inodes_full != 0) {
    all.push_back({"disk_inodes", 1});
  }
  return all;
}

} // namespace

void expect_version(const wire::Frame& frame) {
  if (expect<wire::Ready>(frame).version != wire::protocol_version) {
    throw_protocol_error();
  }
}

StageRun::StageRun(Box& box, const Command& command, OutputSink& sink)
    : box_(box), command_((validate_command(command), command)),
      setup_(box.prepare(command.limits)), output_(sink, command.limits.output_bytes),
      streams_(make_streams(box.channel(), command.input, output_)) {}

StageRun::StageRun(Box& box, const Command& command, OutputSink& sink, StartedAhead ahead)
    : box_(box), command_((validate_command(command), command)), setup_(std::move(ahead.setup)),
      ahead_(true), output_(sink, command.limits.output_bytes),
      streams_(std::make_unique<PipeStreams>(command.input, output_, std::move(ahead.pipes))) {}

Result StageRun::run(const std::stop_token& stop) {
  if (setup_.memory_full) {
    return full_of_leftovers();
  }
  const os::StopEvent stop_event(stop);
  try {
    send_request();
    pump(stop_event.descriptor());
  } catch (...) {
    // What this stage would still say must not be taken for the next one's.
    if (!ended_ && !refused_) {
      box_.channel().close();
      box_.kill();
    }
    throw;
  }
  streams_->drain();
  if (output_.failure() != nullptr) {
    std::rethrow_exception(output_.failure());
  }
  return make_result();
}

void StageRun::send_request() {
  const Request request(command_, setup_);
  wire::Run message = request.message();
  message.ahead = ahead_ ? 1 : 0;
  box_.channel().queue(message);
  std::vector<int> descriptors;
  if (!ahead_) {
    descriptors = streams_->descriptors();
    for (const os::Fd& descriptor : setup_.descriptors) {
      descriptors.push_back(descriptor.get());
    }
  }
  box_.channel().flush(descriptors);
  streams_->begin();
  setup_.descriptors.clear();
  started_ = steady_clock::now();
  deadline_ = started_ + wall_time(command_.limits) + help_grace;
}

void StageRun::pump(int stop_event) {
  while (!ended_ && !lost_) {
    poll_once(asked_ == wire::Stop::none ? stop_event : -1);
    if (output_.failure() != nullptr) {
      kill(wire::Stop::cancelled);
    }
    if (output_.over_limit()) {
      kill(wire::Stop::output);
    }
    if (unreachable_ && !ended_) {
      init_is_gone();
    }
  }
}

void StageRun::poll_once(int stop_event) {
  pollfd events[2 + StageStreams::max_events] = {{box_.channel().descriptor(), POLLIN, 0},
                                                 {stop_event, POLLIN, 0}};
  const std::size_t count = 2 + streams_->list_events(events + 2);
  const auto left = std::max(deadline_ - steady_clock::now(), steady_clock::duration::zero());
  const auto wait = more_frames_ ? steady_clock::duration::zero() : left;
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(wait);
  const timespec timeout{whole.count(), nanoseconds(wait - whole).count()};
  if (::ppoll(events, count, &timeout, nullptr) < 0) {
    if (errno == EINTR) {
      return;
    }
    os::check(-1, "ppoll");
  }
  // A sink may have held us up for longer than that: what init has said meanwhile counts.
  const bool frames = events[0].revents != 0 || more_frames_;
  if (left == steady_clock::duration::zero() && !frames) {
    deadline_passed();
  }
  handle_streams(events + 2);
  if (events[1].revents != 0) {
    kill(wire::Stop::cancelled);
  }
  if (frames) {
    handle_frames();
  }
}

void StageRun::handle_frames() {
  try {
    for (int i = 0; i < frames_at_a_time; ++i) {
      const auto frame = box_.channel().try_receive();
      more_frames_ = frame.has_value();
      if (!frame) {
        return;
      }
      refuse_endless(*frame);
      if (frame->type == wire::FrameType::ready) {
        expect_version(*frame);
      } else if (!streams_->take(*frame)) {
        ended_ = expect<wire::Ended>(*frame);
        return;
      }
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::backend_lost) {
      refused_ = true;
      throw;
    }
    init_is_gone();
  }
}

/// Input cannot be sent to an init that is gone.
void StageRun::handle_streams(const pollfd* events) {
  try {
    streams_->handle(events);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::backend_lost) {
      throw;
    }
    init_is_gone();
  }
}

void StageRun::refuse_endless(const wire::Frame& frame) {
  if (steady_clock::now() < deadline_) {
    return;
  }
  late_bytes_ += sizeof(wire::FrameHeader) + frame.payload.size();
  if (late_bytes_ > most_late_bytes) {
    box_.kill();
    throw Error(ErrorCode::backend_lost, "box", "init did not end the stage in time");
  }
}

/// Where init shares the program's CPU quota, a busy program may keep it from acting.
void StageRun::deadline_passed() {
  if (cpu_limit_lifted_ && steady_clock::now() >= deadline_) {
    box_.kill();
    throw Error(ErrorCode::backend_lost, "box", "init did not end the stage in time");
  }
  lift_cpu_limit();
}

void StageRun::lift_cpu_limit() noexcept {
  if (!cpu_limit_lifted_) {
    cpu_limit_lifted_ = true;
    deadline_ = std::max(deadline_, steady_clock::now()) + backstop_grace;
    box_.lift_cpu_limit();
  }
}

/// The kernel may have taken init for the program: where it counted a kill in the box, that is the
/// answer.
void StageRun::init_is_gone() {
  box_.kill();
  if (box_.out_of_memory_kills().value_or(0) == 0) {
    throw Error(ErrorCode::backend_lost, "box", "init of the box is gone",
                "see the kernel log; the program's fate is unknown");
  }
  lost_ = true;
}

void StageRun::kill(wire::Stop cause) noexcept {
  if (asked_ != wire::Stop::none) {
    return;
  }
  asked_ = cause;
  try {
    box_.channel().queue(wire::Kill{cause});
    box_.channel().flush();
  } catch (const std::exception&) {
    box_.kill();
    unreachable_ = true;
  }
  deadline_ = std::min(deadline_, steady_clock::now() + help_grace);
}

wire::Ended StageRun::how_it_ended() const {
  if (!lost_) {
    if (ended_->stop > wire::Stop::cancelled || ended_->ahead > (ahead_ ? 1 : 0)) {
      throw_protocol_error();
    }
    return *ended_;
  }
  wire::Ended ended;
  ended.wait_status = SIGKILL;
  ended.wall_ns = static_cast<std::uint64_t>(nanoseconds(steady_clock::now() - started_).count());
  ended.stop = wire::Stop::memory;
  ended.oom_kills = box_.out_of_memory_kills().value_or(1);
  return ended;
}

Observation StageRun::observation(const wire::Ended& ended) const {
  Observation seen;
  seen.wait_status = ended.wait_status;
  seen.stop = ended.stop;
  seen.killed_by_us = ended.killed_by_us != 0;
  seen.wall_time = ns(ended.wall_ns);
  seen.cpu_time = ns(ended.cpu_ns);
  seen.oom_counted = ended.oom_kills != wire::not_measured;
  seen.oom_kills = seen.oom_counted ? ended.oom_kills : 0;
  seen.standard_output_bytes = output_.usage(Stream::standard_output).total_bytes;
  seen.standard_error_bytes = output_.usage(Stream::standard_error).total_bytes;
  seen.memory_counter = setup_.memory_counter;
  seen.cpu_counter = setup_.cpu_counter;
  return seen;
}

Usage StageRun::usage(const wire::Ended& ended) const {
  Usage usage;
  usage.wall_time = ns(ended.wall_ns);
  usage.cpu_time = ns(ended.cpu_ns);
  usage.cpu_user = measured_time(ended.cpu_user_ns);
  usage.cpu_system = measured_time(ended.cpu_system_ns);
  usage.memory_peak_bytes = measured(ended.memory_peak_bytes);
  usage.max_rss_bytes = ended.max_rss_bytes;
  usage.processes_peak = measured(ended.processes_peak);
  usage.voluntary_switches = ended.voluntary_switches;
  usage.involuntary_switches = ended.involuntary_switches;
  usage.disk_used_bytes = ended.disk_used_bytes;
  usage.scratch_used_bytes = ended.scratch_used_bytes;
  usage.standard_output = output_.usage(Stream::standard_output);
  usage.standard_error = output_.usage(Stream::standard_error);
  return usage;
}

/// No byte of memory would be the program's: it has met its limit before it could begin.
Result StageRun::full_of_leftovers() const {
  Result result;
  result.verdict = Verdict::memory_limit;
  result.evidence = {"memory_bytes", format_size(command_.limits.memory_bytes),
                     "files that earlier stages left take more", "size of /box, /tmp and /dev/shm",
                     "supervisor"};
  result.guarantees = box_.guarantees();
  result.backend = box_.backend();
  return result;
}

bool StageRun::memory_limit_reached(const wire::Ended& ended) const {
  const auto told = measured(ended.memory_limit_reached);
  return told ? *told != 0 : box_.memory_limit_reached().value_or(true);
}

Result StageRun::make_result() const {
  const wire::Ended ended = how_it_ended();
  box_.stage_ended(ended);
  if (measured(ended.oom_kills).value_or(0) > 0 && !memory_limit_reached(ended)) {
    throw Error(ErrorCode::resource, "memory",
                "the kernel ended the program for want of memory outside the box",
                "run fewer boxes at a time, or give the group they are in more memory");
  }
  Decision decision = decide(observation(ended), command_.limits);
  Result result;
  result.verdict = decision.verdict;
  result.exit_code = decision.exit_code;
  result.signal = decision.signal;
  result.evidence = std::move(decision.evidence);
  result.usage = usage(ended);
  result.touched = touched(ended);
  result.guarantees = box_.guarantees();
  result.backend = box_.backend();
  result.leftover_processes = ended.leftover_processes;
  result.interpreter_ahead = ended.ahead != 0;
  return result;
}

} // namespace sandbox::monitor
