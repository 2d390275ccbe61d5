// SPDX-License-Identifier: Apache-2.0
//
// One stage in the box: start the program, watch its limits, end everything, measure.
#pragma once

#include "counters.hpp"
#include "given.hpp"
#include "held.hpp"
#include "reader.hpp"
#include "relay.hpp"
#include "slot.hpp"

namespace sandbox::init {

/// What is known of the processes reaped so far.
struct Reaped {
  int main_status{0};
  bool main_ended{false};
  std::uint64_t max_rss_bytes{0};
  std::uint64_t voluntary_switches{0};
  std::uint64_t involuntary_switches{0};
  std::uint64_t user_ns{0};
  std::uint64_t system_ns{0};
  std::uint64_t leftover{0};

  std::uint64_t cpu_ns() const noexcept { return user_ns + system_ns; }
};

class Stage {
 public:
  /// `first` of the box's.
  Stage(FrameReader& reader, SlotState& slot, const wire::Run& run, const Figures& figures,
        Relay* relay, bool first) noexcept;

  /// When this fails the program has not run.
  Outcome start(const Given& given) noexcept;

  /// Has a held program go on as the stage's, measured from here; false when it is gone, and
  /// start() is to be called after all.
  bool take_over(const Held& held) noexcept;

  /// Waits for the end; afterwards no process but init lives in the box. Does not return when the
  /// stream closes.
  wire::Ended finish() noexcept;

 private:
  void begin() noexcept;
  void end_leftovers() noexcept;
  void make_room_for_own_work() noexcept;
  void check_deadlines(std::uint64_t now) noexcept;
  void part_scores(std::uint64_t now) noexcept;
  bool killed_for_unknown_reason(const wire::Ended& ended) const noexcept;
  bool memory_was_short() const noexcept;
  void check_memory() noexcept;
  void sample_memory() noexcept;
  std::uint64_t next_look_ns(std::uint64_t now) const noexcept;
  void wait_for_event(std::uint64_t now) noexcept;
  void read_stream() noexcept;
  bool reap(int options) noexcept;
  bool reap_some() noexcept;
  void remember_counters() noexcept;
  void stop(wire::Stop cause) noexcept;
  std::uint64_t cpu_used() const noexcept;
  std::uint64_t cpu_used(const Counters& after) const noexcept;
  std::uint64_t memory_limit_reached() const noexcept;
  std::uint64_t memory_at_rest() const noexcept;
  void measure(const Counters& after, wire::Ended& ended) const noexcept;

  FrameReader& reader_;
  SlotState& slot_;
  const wire::Run& run_;
  const Figures& figures_;
  Relay* relay_; // nullptr where the streams' descriptors travel
  bool first_;
  int main_pid_{-1};
  Reaped reaped_;
  bool childless_{false}; // found so when we last looked
  wire::Stop stop_{wire::Stop::none};
  bool killed_by_us_{false};
  std::uint64_t started_ns_{0};
  std::uint64_t ended_ns_{0};
  std::uint64_t next_cpu_check_ns_{0};
  std::uint64_t parts_scores_ns_{0}; // when to try; 0: has done so
  // What the counters showed before the stage.
  Counters before_;
  std::uint64_t memory_before_{0};
  std::uint64_t memory_peak_before_{0};
  std::uint64_t processes_cpu_before_{0};
  Switches switches_before_;
  bool took_over_{false};
  bool born_in_own_group_{false};
  bool peak_is_new_{false};
  bool samples_memory_{false};
  std::uint64_t memory_sampled_{0};
};

} // namespace sandbox::init
