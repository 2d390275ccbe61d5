// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "monitor/box.hpp"
#include "native/root_identity.hpp"
#include "native/slot_pool.hpp"

#include <memory>

namespace sandbox::native {

/// A box in a slot; gives the slot back when it is destroyed.
class NativeBox final : public monitor::Box {
 public:
  /// `keep_alive` owns `pool`, `root` and `guarantees`.
  NativeBox(std::shared_ptr<void> keep_alive, SlotPool& pool, RootIdentity& root,
            std::unique_ptr<Slot> slot, std::unique_ptr<monitor::Channel> channel,
            const std::vector<Guarantee>& guarantees);
  ~NativeBox() override;

  monitor::Channel& channel() noexcept override { return *channel_; }
  std::string_view backend() const noexcept override { return "native"; }
  const std::vector<Guarantee>& guarantees() const noexcept override { return guarantees_; }
  monitor::StageSetup prepare(const Limits& limits) override;
  std::optional<std::uint64_t> out_of_memory_kills() noexcept override;
  std::optional<bool> memory_limit_reached() noexcept override;
  void lift_cpu_limit() noexcept override;
  void make_room_for_init() override;
  std::string root_identity() override { return "native " + root_.text(); }
  void kill() noexcept override;

 private:
  bool in_force(std::string_view guarantee) const noexcept;

  std::shared_ptr<void> keep_alive_;
  SlotPool& pool_;
  RootIdentity& root_;
  std::unique_ptr<Slot> slot_;
  std::unique_ptr<monitor::Channel> channel_;
  const std::vector<Guarantee>& guarantees_;
};

} // namespace sandbox::native
