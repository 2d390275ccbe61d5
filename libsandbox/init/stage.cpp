// SPDX-License-Identifier: Apache-2.0
#include "stage.hpp"

#include "cpu_clock.hpp"
#include "oom_score.hpp"
#include "spawn.hpp"
#include "trace.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>

namespace sandbox::init {
namespace {

constexpr std::uint64_t ns_per_s = 1'000'000'000;
constexpr std::uint64_t ns_per_us = 1'000;
/// Near its limit a program that sleeps is not asked more often than this.
constexpr std::uint64_t shortest_cpu_check_ns = 2'000'000;
constexpr std::uint64_t memory_sample_ns = 2'000'000;
/// A process that the kernel ended for want of memory is not ours to reap while its parent lives.
constexpr std::uint64_t memory_check_ns = 50'000'000;
/// A program that ends sooner, and has not had the time to fill its memory, leaves the scores as
/// they are.
constexpr std::uint64_t longest_common_score_ns = 5'000'000;
constexpr std::uint64_t most_bytes_filled_in_ns = 8;

std::uint64_t now_ns() noexcept {
  return clock_ns(CLOCK_MONOTONIC);
}

std::uint64_t common_score_ns(const wire::Run& run) noexcept {
  return std::min(longest_common_score_ns, run.memory_bytes / most_bytes_filled_in_ns);
}

std::uint64_t ns(const timeval& time) noexcept {
  return static_cast<std::uint64_t>(time.tv_sec) * ns_per_s +
         static_cast<std::uint64_t>(time.tv_usec) * ns_per_us;
}

/// A parent may set the process group of a child until that has called execve (setpgid(2), EACCES):
/// setting the one that it has anyway asks.
bool has_memory_of_its_own(int child) noexcept {
  return ::setpgid(child, child) != 0;
}

} // namespace

Stage::Stage(FrameReader& reader, SlotState& slot, const wire::Run& run, const Figures& figures,
             Relay* relay, bool first) noexcept
    : reader_(reader), slot_(slot), run_(run), figures_(figures), relay_(relay), first_(first) {}

Outcome Stage::start(const Given& given) noexcept {
  begin();
  const Outcome outcome = spawn(slot_, {run_, given, false}, main_pid_);
  if (!outcome.failed()) {
    return {};
  }
  // One that the kernel killed for want of memory has met its limit early, which is a verdict.
  if (main_pid_ >= 0 && outcome.step == not_begun && memory_was_short()) {
    return {};
  }
  while (reap(0)) {
  }
  return outcome;
}

bool Stage::take_over(const Held& held) noexcept {
  begin();
  // Its threads may have gone on while it was held. The source is charged to it too, as to its
  // limit.
  memory_before_ = held.memory_before;
  before_.processes_peak = held.processes_peak_before;
  // In a group of its own the peak since its start is all there is where it cannot begin anew.
  memory_peak_before_ = born_in_own_group_ ? 0 : memory_peak_before_;
  switches_before_ = held.switches;
  if (before_.cpu_ns == wire::not_measured) {
    processes_cpu_before_ = living_cpu_ns();
  }
  main_pid_ = held.pid;
  took_over_ = let_go(held.pid, slot_.token);
  if (!took_over_) {
    end_held(slot_);
    switches_before_ = {};
    processes_cpu_before_ = 0;
  }
  return took_over_;
}

void Stage::begin() noexcept {
  born_in_own_group_ = run_.own_group == wire::OwnGroup::born;
  remember_counters();
  started_ns_ = now_ns();
  next_cpu_check_ns_ =
      started_ns_ + (run_.cpu_ns == wire::no_limit ? 0 : run_.cpu_ns / std::max(run_.parallel, 1U));
  parts_scores_ns_ = slot_.oom_score.file < 0 ? 0 : started_ns_ + common_score_ns(run_);
}

void Stage::remember_counters() noexcept {
  memory_before_ = figures_.memory_usage();
  peak_is_new_ = figures_.reset_memory_peak();
  memory_peak_before_ = peak_is_new_ ? 0 : figures_.memory_peak();
  samples_memory_ = !peak_is_new_ && slot_.in_container && memory_before_ != wire::not_measured;
  // Since the last stage only init has run here, whose part is known.
  const bool same_groups = run_.own_group == wire::OwnGroup::none;
  before_ = same_groups && slot_.at_rest ? *slot_.at_rest : read_counters(figures_);
  slot_.at_rest.reset();
  // The kernel cannot reset this one: in a group that was used before it tells something only when
  // it grows.
  if (born_in_own_group_) {
    before_.processes_peak = 0;
  }
}

wire::Ended Stage::finish() noexcept {
  bool more_to_reap = false;
  while (!reaped_.main_ended) {
    const std::uint64_t now = now_ns();
    check_deadlines(now);
    part_scores(now);
    if (!more_to_reap) {
      wait_for_event(now);
    }
    more_to_reap = reap_some();
    if (!reaped_.main_ended) {
      check_memory();
      sample_memory();
    }
  }
  ended_ns_ = now_ns();
  make_room_for_own_work();
  end_leftovers();
  const Counters after = read_counters(figures_);
  if (before_.cpu_ns != wire::not_measured && after.cpu_ns == wire::not_measured) {
    ::_exit(1); // rather than say that the program used no end of time
  }
  // Without them the next stage could not tell who killed its program.
  const bool knows_kills =
      !figures_.has(wire::Figure::memory_events) || after.oom_kills != wire::not_measured;
  if (knows_kills && run_.own_group == wire::OwnGroup::none && !slot_.in_container) {
    slot_.at_rest = after;
  }
  wire::Ended ended;
  measure(after, ended);
  if (killed_for_unknown_reason(ended)) {
    ::_exit(1); // rather than blame the program
  }
  return ended;
}

/// Whether the kernel killed it for want of memory stands in a file that could not be read.
bool Stage::killed_for_unknown_reason(const wire::Ended& ended) const noexcept {
  return stop_ == wire::Stop::none && WIFSIGNALED(ended.wait_status) &&
         WTERMSIG(ended.wait_status) == SIGKILL && figures_.has(wire::Figure::memory_events) &&
         ended.oom_kills == wire::not_measured;
}

void Stage::make_room_for_own_work() noexcept {
  constexpr std::uint64_t enough = 1 << 20;
  const std::uint64_t used = slot_.in_container ? figures_.memory_usage() : wire::not_measured;
  if (used != wire::not_measured && used + enough > run_.memory_bytes &&
      used + enough - run_.memory_bytes > wire::container_memory_beside) {
    slot_.reserve.give_back();
  }
}

/// To kill all the kernel looks at every process of the host. Who outlives its parent is our child:
/// without children we are alone, but for whom somebody put into a container from outside.
void Stage::end_leftovers() noexcept {
  if (childless_ && !slot_.in_container) {
    return;
  }
  const std::uint64_t before = reaped_.leftover;
  ::kill(-1, SIGKILL);
  while (reap(0)) {
  }
  reaped_.leftover -= before;
}

/// The kernel wakes the parent of a vfork a moment before execve gives the child memory of its own
/// (exec_mmap() in fs/exec.c).
void Stage::part_scores(std::uint64_t now) noexcept {
  if (parts_scores_ns_ == 0 || now < parts_scores_ns_) {
    return;
  }
  if (has_memory_of_its_own(main_pid_)) {
    parts_scores_ns_ = 0;
    take_keeper_score(slot_.oom_score);
  } else {
    parts_scores_ns_ = now + common_score_ns(run_);
  }
}

void Stage::check_deadlines(std::uint64_t now) noexcept {
  if (stop_ != wire::Stop::none) {
    return;
  }
  if (now - started_ns_ >= run_.wall_ns) {
    stop(wire::Stop::wall_time);
    return;
  }
  if (run_.cpu_ns == wire::no_limit || now < next_cpu_check_ns_) {
    return;
  }
  const std::uint64_t used = cpu_used();
  if (used >= run_.cpu_ns) {
    stop(wire::Stop::cpu_time);
    return;
  }
  const std::uint64_t soonest = (run_.cpu_ns - used) / std::max(run_.parallel, 1U);
  next_cpu_check_ns_ = now + std::max(soonest, shortest_cpu_check_ns);
}

/// Where the kernel kills one process of the box only, the rest must not go on without it.
void Stage::check_memory() noexcept {
  if (stop_ == wire::Stop::none && memory_was_short()) {
    stop(wire::Stop::memory);
  }
}

bool Stage::memory_was_short() const noexcept {
  const std::uint64_t now = figures_.oom_kills();
  return before_.oom_kills != wire::not_measured && now != wire::not_measured &&
         now > before_.oom_kills;
}

/// Where the kernel's own peak cannot be made to start anew, what an earlier stage used may hide
/// this one's.
void Stage::sample_memory() noexcept {
  if (samples_memory_) {
    const std::uint64_t now = figures_.memory_usage();
    memory_sampled_ = std::max(memory_sampled_, now == wire::not_measured ? 0 : now);
  }
}

void Stage::wait_for_event(std::uint64_t now) noexcept {
  if (reader_.buffered()) {
    read_stream();
    return;
  }
  pollfd events[2 + Relay::event_count] = {{slot_.child_signals, POLLIN, 0},
                                           {reader_.in(), POLLIN, 0}};
  if (relay_ != nullptr) {
    relay_->list_events(events + 2);
  }
  timespec timeout{};
  const timespec* until = nullptr;
  if (stop_ == wire::Stop::none) {
    const std::uint64_t left = next_look_ns(now);
    timeout.tv_sec = static_cast<time_t>(left / ns_per_s);
    timeout.tv_nsec = static_cast<long>(left % ns_per_s);
    until = &timeout;
  }
  if (::ppoll(events, relay_ != nullptr ? 2 + Relay::event_count : 2, until, nullptr) <= 0) {
    return;
  }
  if (events[0].revents != 0) {
    drain_child_signals(slot_.child_signals);
  }
  if (events[1].revents != 0) {
    read_stream();
  }
  if (relay_ != nullptr && !relay_->handle(events + 2)) {
    ::_exit(0);
  }
}

/// How long until a deadline may have passed.
std::uint64_t Stage::next_look_ns(std::uint64_t now) const noexcept {
  std::uint64_t left = run_.wall_ns - (now - started_ns_);
  if (run_.cpu_ns != wire::no_limit) {
    left = std::min(left, next_cpu_check_ns_ > now ? next_cpu_check_ns_ - now : 0);
  }
  if (parts_scores_ns_ != 0) {
    left = std::min(left, parts_scores_ns_ > now ? parts_scores_ns_ - now : 0);
  }
  if (before_.oom_kills != wire::not_measured) {
    left = std::min(left, memory_check_ns);
  }
  return samples_memory_ ? std::min(left, memory_sample_ns) : left;
}

/// The supervisor says `kill`, sends input, or nothing. Anything else, and the end of the stream,
/// ends the box.
void Stage::read_stream() noexcept {
  wire::Frame frame;
  switch (reader_.next(frame, false)) {
  case FrameReader::Status::none:
    return;
  case FrameReader::Status::closed:
    ::_exit(0);
  case FrameReader::Status::frame:
    break;
  }
  if (relay_ != nullptr && frame.type == wire::FrameType::input) {
    if (!relay_->take_input(frame.payload)) {
      ::_exit(1);
    }
    return;
  }
  wire::Kill kill;
  if (frame.type != wire::FrameType::kill || !wire::decode(frame.payload, kill)) {
    ::_exit(1);
  }
  stop(kill.cause);
}

/// Many at a time, but the deadlines are looked at in between. True when there may be more.
bool Stage::reap_some() noexcept {
  constexpr int at_a_time = 256;
  for (int i = 0; i < at_a_time; ++i) {
    if (!reap(WNOHANG)) {
      return false;
    }
  }
  return true;
}

/// Reaps one process; false when there is none to be had.
bool Stage::reap(int options) noexcept {
  rusage usage{};
  int status = 0;
  const int pid = ::wait4(-1, &status, options, &usage);
  if (pid < 0 && errno == EINTR) {
    return true;
  }
  childless_ = pid < 0;
  if (pid <= 0) {
    return false;
  }
  reaped_.max_rss_bytes =
      std::max(reaped_.max_rss_bytes, static_cast<std::uint64_t>(usage.ru_maxrss) * 1024);
  reaped_.voluntary_switches += static_cast<std::uint64_t>(usage.ru_nvcsw);
  reaped_.involuntary_switches += static_cast<std::uint64_t>(usage.ru_nivcsw);
  reaped_.user_ns += ns(usage.ru_utime);
  reaped_.system_ns += ns(usage.ru_stime);
  if (pid == main_pid_) {
    reaped_.main_status = status;
    reaped_.main_ended = true;
  } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
    ++reaped_.leftover;
  }
  return true;
}

void Stage::stop(wire::Stop cause) noexcept {
  if (stop_ == wire::Stop::none) {
    stop_ = cause;
  }
  killed_by_us_ = killed_by_us_ || !reaped_.main_ended;
  ::kill(-1, SIGKILL);
}

std::uint64_t Stage::cpu_used() const noexcept {
  Counters now;
  read_cpu(figures_, now);
  return cpu_used(now);
}

std::uint64_t Stage::cpu_used(const Counters& after) const noexcept {
  if (before_.cpu_ns == wire::not_measured) {
    const std::uint64_t used = reaped_.cpu_ns() + living_cpu_ns();
    return used - std::min(processes_cpu_before_, used);
  }
  const std::uint64_t own = after.own_cpu_ns - before_.own_cpu_ns;
  const std::uint64_t box = after.cpu_ns - std::min(before_.cpu_ns, after.cpu_ns);
  return born_in_own_group_ ? box : box - std::min(own, box);
}

} // namespace sandbox::init
