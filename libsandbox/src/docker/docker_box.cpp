// SPDX-License-Identifier: Apache-2.0
#include "docker/docker_box.hpp"

#include "docker/container_spec.hpp"
#include "docker/memory_events.hpp"
#include "guarantee/guarantee.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sandbox::docker {
namespace {

/// For init itself, when what a program left fills all that it could.
constexpr std::uint64_t room_for_init = 16 * MiB;
constexpr double enough_cores = 0.5;
constexpr std::uint64_t page = 4096;

} // namespace

DockerBox::DockerBox(Making making) : made_(std::move(making)) {}

DockerBox::~DockerBox() {
  made_.channel.close(); // init ends, and the box with it, before the engine is asked
}

monitor::StageSetup DockerBox::prepare(const Limits& limits) {
  refuse_outliving(limits);
  monitor::StageSetup setup;
  const Limits& now = made_.limits;
  if (limits.memory_bytes < files_bytes_) {
    setup.memory_full = true;
    return setup;
  }
  const bool processes_change =
      now.processes != limits.processes && in_force(guarantee::process_cgroup);
  if (!limits_known_ || now.memory_bytes != limits.memory_bytes || processes_change ||
      now.cores != limits.cores || !cores_limited_) {
    put_into_force(limits, true);
  }
  let_engine_tell_of_last_stage();
  prepared_ = std::chrono::system_clock::now();
  setup.filter = made_.filter;
  setup.cores_limited = in_force(guarantee::cpu_share);
  if (!in_force(guarantee::memory_cgroup)) {
    setup.fallback |= static_cast<std::uint8_t>(wire::Fallback::memory);
  }
  if (!in_force(guarantee::process_cgroup)) {
    setup.fallback |= static_cast<std::uint8_t>(wire::Fallback::processes);
  }
  const bool v2 = made_.cgroup_version == 2;
  setup.memory_counter = v2 ? "memory.events oom_kill" : "memory.oom_control oom_kill";
  setup.cpu_counter = made_.cgroup_version == 0 ? "CPU clocks of the box's processes"
                      : v2                      ? "cpu.stat usage_usec"
                                                : "cpuacct.usage";
  return setup;
}

/// Else it might do so during the next one, and explain the loss of that. Of several kills that the
/// engine tells of one by one, only the first is waited for.
void DockerBox::let_engine_tell_of_last_stage() noexcept {
  if (std::exchange(was_short_of_memory_, false) && engine_tells_) {
    engine_tells_ = ran_out_of_memory().value_or(false);
  }
}

std::optional<bool> DockerBox::ran_out_of_memory() const noexcept {
  return docker::ran_out_of_memory(made_.container->engine(), made_.container->id(), prepared_);
}

std::optional<std::uint64_t> DockerBox::out_of_memory_kills() noexcept {
  const auto killed = ran_out_of_memory();
  return killed ? std::optional<std::uint64_t>(*killed ? 1 : 0) : std::nullopt;
}

void DockerBox::lift_cpu_limit() noexcept {
  if (!cores_limited_ && limits_known_) {
    return;
  }
  try {
    put_into_force(made_.limits, false);
  } catch (const std::exception&) {
    // It only makes the end quicker.
  }
}

void DockerBox::make_room_for_init() {
  const std::uint64_t enough = made_.files_bytes + room_for_init;
  const bool slow = cores_limited_ && made_.limits.cores < enough_cores;
  if (made_.limits.memory_bytes < enough || slow) {
    Limits wider = made_.limits;
    wider.memory_bytes = std::max(enough, wider.memory_bytes);
    put_into_force(wider, cores_limited_ && !slow);
  }
}

std::string DockerBox::root_identity() {
  if (root_identity_.empty()) {
    const Container::Origin origin = made_.container->origin();
    root_identity_ = fmt::format("docker {} {} {}", origin.image_id, origin.runtime,
                                 made_.container->engine().machine());
  }
  return root_identity_;
}

/// Files count as the container's memory, under the limit of whatever stage it was made for.
void DockerBox::file_put(std::string_view path, std::uint64_t bytes) {
  std::uint64_t& share = put_[std::string(path)];
  // Init has not replaced a larger one yet.
  const std::uint64_t most = std::max(share, (bytes + page - 1) / page * page);
  files_bytes_ += most - std::exchange(share, most);
  if (files_bytes_ > made_.limits.memory_bytes) {
    make_room_for_init();
  }
}

void DockerBox::emptied() noexcept {
  files_bytes_ = 0;
  put_.clear();
}

void DockerBox::stage_ended(const wire::Ended& ended) noexcept {
  was_short_of_memory_ = ended.oom_kills != wire::not_measured && ended.oom_kills > 0;
  files_bytes_ = ended.disk_used_bytes + ended.scratch_used_bytes;
  put_.clear();
}

/// In the second half of its life the end may come too soon.
bool DockerBox::is_fresh() const noexcept {
  return std::chrono::steady_clock::now() - made_at_ < made_.life / 2;
}

void DockerBox::refuse_outliving(const Limits& limits) const {
  const auto left = made_.life - (std::chrono::steady_clock::now() - made_at_);
  if (wall_time(limits) > left) {
    throw Error(ErrorCode::unsupported, "wall time limit",
                "is longer than what the box has left to live",
                "allow boxes a longer life (DockerOptions::max_box_life), or open the box later");
  }
}

void DockerBox::put_into_force(const Limits& limits, bool limit_cores) {
  limits_known_ = false;
  made_.container->update(container_limits(limits, limit_cores));
  limits_known_ = true;
  made_.limits = limits;
  cores_limited_ = limit_cores;
}

bool DockerBox::in_force(std::string_view guarantee) const noexcept {
  return std::any_of(made_.guarantees.begin(), made_.guarantees.end(), [&](const Guarantee& each) {
    return each.name == guarantee && each.in_force;
  });
}

} // namespace sandbox::docker
