// SPDX-License-Identifier: Apache-2.0
//
// What a stage used: the counters after it, less what they showed before.
#include "posture.hpp"
#include "stage.hpp"

#include <sys/statfs.h>

#include <algorithm>

namespace sandbox::init {
namespace {

std::uint64_t difference(std::uint64_t after, std::uint64_t before) noexcept {
  return after == wire::not_measured || before == wire::not_measured
             ? wire::not_measured
             : after - std::min(before, after);
}

/// The kernel's split of what it told at each process's end, which leaves out children that nobody
/// waited for; `whole` has them.
std::uint64_t part(std::uint64_t whole, std::uint64_t of, std::uint64_t all) noexcept {
  const double share = all == 0 ? 0 : static_cast<double>(of) / static_cast<double>(all);
  return std::min(whole, static_cast<std::uint64_t>(static_cast<double>(whole) * share));
}

std::uint64_t used_bytes(const struct statfs& about) noexcept {
  return (about.f_blocks - about.f_bfree) * static_cast<std::uint64_t>(about.f_bsize);
}

std::uint64_t used_bytes(const char* path) noexcept {
  struct statfs about {};
  return ::statfs(path, &about) != 0 ? 0 : used_bytes(about);
}

} // namespace

/// In a container; elsewhere the supervisor looks for itself.
std::uint64_t Stage::memory_limit_reached() const noexcept {
  constexpr std::uint64_t last_charge = 1 << 20; // what did not fit any more is not in the peak
  const std::uint64_t peak = slot_.in_container ? figures_.memory_peak() : wire::not_measured;
  if (peak == wire::not_measured) {
    return wire::not_measured;
  }
  wire::Posture now;
  now.cgroup_version = container_group_version();
  read_group_limits(now);
  return now.memory_limit != wire::no_limit && peak + last_charge >= now.memory_limit ? 1 : 0;
}

/// What the box holds without the program. When a container begins, some of what its engine used to
/// start it is still counted, and given back a while later.
std::uint64_t Stage::memory_at_rest() const noexcept {
  const std::uint64_t now =
      slot_.in_container && first_ ? figures_.memory_usage() : wire::not_measured;
  return now == wire::not_measured
             ? memory_before_
             : std::min(memory_before_, now + slot_.reserve.bytes_given_back());
}

void Stage::measure(const Counters& after, wire::Ended& ended) const noexcept {
  ended.wait_status = reaped_.main_status;
  ended.stop = stop_;
  ended.killed_by_us = killed_by_us_ ? 1 : 0;
  ended.wall_ns = ended_ns_ - started_ns_;
  ended.cpu_ns = cpu_used(after);
  ended.cpu_user_ns = part(ended.cpu_ns, reaped_.user_ns, reaped_.cpu_ns());
  ended.cpu_system_ns = ended.cpu_ns - ended.cpu_user_ns;
  const std::uint64_t peak = figures_.memory_peak();
  if (peak_is_new_ || (peak != wire::not_measured && peak > memory_peak_before_)) {
    ended.memory_peak_bytes = difference(peak, memory_at_rest());
  } else if (samples_memory_) {
    ended.memory_peak_bytes = difference(memory_sampled_, memory_at_rest());
  }
  ended.oom_kills = difference(after.oom_kills, before_.oom_kills);
  ended.memory_limit_reached = memory_limit_reached();
  ended.process_limit_hits = difference(after.process_limit_hits, before_.process_limit_hits);
  if (after.processes_peak != wire::not_measured && after.processes_peak > before_.processes_peak) {
    ended.processes_peak = after.processes_peak - (born_in_own_group_ ? 0 : slot_.companions);
  }
  ended.max_rss_bytes = reaped_.max_rss_bytes;
  ended.voluntary_switches = difference(reaped_.voluntary_switches, switches_before_.voluntary);
  ended.involuntary_switches =
      difference(reaped_.involuntary_switches, switches_before_.involuntary);
  ended.ahead = took_over_ ? 1 : 0;
  ended.leftover_processes = reaped_.leftover;
  // A native box has one file system for both.
  ended.scratch_used_bytes = used_bytes("/tmp") + (slot_.in_container ? used_bytes("/dev/shm") : 0);
  struct statfs box {};
  if (::statfs("/box", &box) == 0) {
    ended.disk_used_bytes = used_bytes(box);
    ended.disk_full = box.f_blocks != 0 && box.f_bfree == 0 ? 1 : 0;
    ended.inodes_full = box.f_files != 0 && box.f_ffree == 0 ? 1 : 0;
  }
}

} // namespace sandbox::init
