// SPDX-License-Identifier: Apache-2.0
#include "native/native_box.hpp"

#include "guarantee/guarantee.hpp"

#include <algorithm>

namespace sandbox::native {

NativeBox::NativeBox(std::shared_ptr<void> keep_alive, SlotPool& pool, RootIdentity& root,
                     std::unique_ptr<Slot> slot, std::unique_ptr<monitor::Channel> channel,
                     const std::vector<Guarantee>& guarantees)
    : keep_alive_(std::move(keep_alive)), pool_(pool), root_(root), slot_(std::move(slot)),
      channel_(std::move(channel)), guarantees_(guarantees) {}

NativeBox::~NativeBox() {
  slot_->end_box(std::move(channel_));
  pool_.give_back(std::move(slot_));
}

monitor::StageSetup NativeBox::prepare(const Limits& limits) {
  monitor::StageSetup setup;
  setup.cpu_counter = "CPU clocks of the box's processes";
  if (slot_->group() != nullptr) {
    slot_->group()->prepare(limits, setup);
  }
  setup.cores_limited = in_force(guarantee::cpu_share);
  if (!in_force(guarantee::memory_cgroup)) {
    setup.fallback |= static_cast<std::uint8_t>(wire::Fallback::memory);
  }
  if (!in_force(guarantee::process_cgroup)) {
    setup.fallback |= static_cast<std::uint8_t>(wire::Fallback::processes);
  }
  return setup;
}

std::optional<std::uint64_t> NativeBox::out_of_memory_kills() noexcept {
  return slot_->group() != nullptr ? slot_->group()->out_of_memory_kills() : std::nullopt;
}

std::optional<bool> NativeBox::memory_limit_reached() noexcept {
  return slot_->group() != nullptr ? slot_->group()->memory_limit_reached() : std::nullopt;
}

void NativeBox::lift_cpu_limit() noexcept {
  if (slot_->group() != nullptr) {
    slot_->group()->lift_cpu_limit();
  }
}

void NativeBox::make_room_for_init() {
  if (slot_->group() != nullptr) {
    slot_->group()->lift_memory_limit();
    slot_->group()->lift_cpu_limit();
  }
}

void NativeBox::kill() noexcept {
  slot_->kill();
}

bool NativeBox::in_force(std::string_view guarantee) const noexcept {
  return std::any_of(guarantees_.begin(), guarantees_.end(), [&](const Guarantee& each) {
    return each.name == guarantee && each.in_force;
  });
}

} // namespace sandbox::native
