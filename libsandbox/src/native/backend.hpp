// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "native/control_groups.hpp"
#include "native/identity.hpp"
#include "native/launcher.hpp"
#include "native/offers.hpp"
#include "native/slot_pool.hpp"

#include <sandbox/native.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sandbox::native {

class NativeBackend final : public Backend {
 public:
  explicit NativeBackend(NativeOptions options);
  ~NativeBackend() override;

  std::string_view name() const noexcept override { return "native"; }
  std::unique_ptr<Session> open(const Environment& environment) override;
  Probe probe() override;
  std::vector<Leftover> collect_garbage(bool dry_run) override;

 private:
  /// What the boxes of one environment and network share.
  struct Place;

  std::shared_ptr<Place> place(const Environment& environment);
  std::unique_ptr<Slot> make_slot(Place& place);
  SlotNumber take_number();
  std::unique_ptr<Slot> drop_idle_slot();

  NativeOptions options_;
  std::mutex mutex_;
  bool prepared_{false};
  Identity identity_;
  std::vector<std::shared_ptr<Place>> places_;
  std::shared_ptr<SlotNumbers> numbers_{std::make_shared<SlotNumbers>(Identity::max_slots)};
  std::atomic<unsigned> next_group_{0};
};

} // namespace sandbox::native
