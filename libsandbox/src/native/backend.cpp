// SPDX-License-Identifier: Apache-2.0
#include "native/backend.hpp"

#include "monitor/box_session.hpp"
#include "native/box_filter.hpp"
#include "native/garbage.hpp"
#include "native/native_box.hpp"
#include "native/probe.hpp"
#include "native/root_identity.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <random>

namespace sandbox::native {
namespace {

/// Of /tmp, which is /dev/shm too; the memory limit holds for what is written there as well.
constexpr std::uint64_t scratch_bytes = 64 * MiB;
constexpr std::uint64_t scratch_inodes = 4096;

std::string owner_name() {
  std::random_device random;
  return fmt::format("{}-{:08x}", ::getpid(), random());
}

/// The parts of an environment that are fixed when its slots are made; disk sizes are chosen for
/// each box.
Environment without_sizes(Environment environment) {
  environment.image.clear();
  environment.disk_bytes = 0;
  environment.disk_inodes = 0;
  environment.expected_limits = {};
  environment.ahead.reset();
  return environment;
}

std::vector<Offer> all_offers(const ControlGroups& groups, const Identity& identity) {
  std::vector<Offer> all = unconditional_offers();
  for (Offer& offer : groups.offers()) {
    all.push_back(std::move(offer));
  }
  all.push_back(identity_offer(identity));
  all.push_back(landlock_offer());
  return all;
}

std::vector<Guarantee> guarantees(const std::vector<Offer>& offers, bool with_landlock) {
  std::vector<Guarantee> all;
  all.reserve(offers.size());
  for (const Offer& offer : offers) {
    all.push_back(offer.guarantee);
    if (offer.guarantee.name == guarantee::landlock) {
      all.back().in_force = with_landlock;
    }
  }
  return all;
}

void validate_environment(const Environment& environment) {
  if (environment.disk_bytes == 0 || environment.disk_inodes == 0 ||
      environment.disk_bytes == unlimited || environment.disk_inodes == unlimited) {
    throw Error(ErrorCode::invalid_argument, "environment",
                "disk_bytes and disk_inodes must be above 0 and bounded");
  }
}

/// A slot may have died while nobody looked: the kernel ends one when its memory runs out. Another
/// is as good.
std::unique_ptr<monitor::Channel> launch(SlotPool& pool, const wire::Launch& request,
                                         std::unique_ptr<Slot>& slot) {
  constexpr int attempts = 32;
  for (int attempt = 1;; ++attempt) {
    slot = pool.take();
    if (slot->group() != nullptr) {
      slot->group()->make_room(request.disk_bytes);
    }
    try {
      return slot->launch(request);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::backend_lost || attempt == attempts) {
        throw;
      }
      slot->kill();
    }
  }
}

} // namespace

struct NativeBackend::Place {
  Environment environment;
  std::unique_ptr<ControlGroups> groups;
  std::vector<Offer> offers; // of these groups: another look might find others
  std::vector<Guarantee> without_landlock;
  std::vector<Guarantee> with_landlock;
  std::unique_ptr<RootIdentity> root;
  std::unique_ptr<Launcher> launcher;
  std::unique_ptr<SlotPool> pool;

  const std::vector<Guarantee>& guarantees(const Slot& slot) const noexcept {
    return slot.landlock_abi() > 0 ? with_landlock : without_landlock;
  }
};

NativeBackend::NativeBackend(NativeOptions options) : options_(std::move(options)) {
  guarantee::validate(demand(options_));
}

NativeBackend::~NativeBackend() = default;

std::unique_ptr<Session> NativeBackend::open(const Environment& environment) {
  validate_environment(environment);
  const std::shared_ptr<Place> here = place(environment);
  wire::Launch request;
  request.disk_bytes = environment.disk_bytes;
  request.disk_inodes = environment.disk_inodes;
  request.scratch_bytes = scratch_bytes;
  request.scratch_inodes = scratch_inodes;
  request.loopback = environment.network == Network::loopback ? 1 : 0;
  std::unique_ptr<Slot> slot;
  std::unique_ptr<monitor::Channel> channel = launch(*here->pool, request, slot);
  const std::vector<Guarantee>& in_force = here->guarantees(*slot);
  return std::make_unique<monitor::BoxSession>(std::make_unique<NativeBox>(
      here, *here->pool, *here->root, std::move(slot), std::move(channel), in_force));
}

std::shared_ptr<NativeBackend::Place> NativeBackend::place(const Environment& environment) {
  const Environment key = without_sizes(environment);
  const std::lock_guard lock(mutex_);
  for (const auto& each : places_) {
    if (each->environment == key) {
      return each;
    }
  }
  auto made = std::make_shared<Place>();
  made->environment = key;
  made->groups = ControlGroups::find(options_.cgroup_parent);
  if (!prepared_) {
    identity_ = Identity::choose();
  }
  made->offers = all_offers(*made->groups, identity_);
  guarantee::require(made->offers, demand(options_));
  made->without_landlock = guarantees(made->offers, false);
  made->with_landlock = guarantees(made->offers, true);
  if (!prepared_) {
    remove_garbage(made->groups->parents(), false);
    prepared_ = true;
  }
  const BoxFilter filter({.loopback = environment.network == Network::loopback,
                          .shared_uid = identity_.kind() == wire::Identity::single});
  const TreePlan plan = plan_tree(environment);
  const std::string owner = owner_name();
  made->groups->create(owner);
  made->root = std::make_unique<RootIdentity>(plan);
  made->launcher = std::make_unique<Launcher>(plan, identity_, *made->groups, owner, filter);
  made->root->launcher_is_ready();
  Place* raw = made.get();
  made->pool =
      std::make_unique<SlotPool>([this, raw] { return make_slot(*raw); }, options_.max_idle_slots);
  places_.push_back(made);
  return made;
}

/// Slots that other environments keep ready must not be what a box cannot be opened for.
SlotNumber NativeBackend::take_number() {
  for (;;) {
    try {
      return SlotNumber(numbers_);
    } catch (const Error&) {
      if (drop_idle_slot() == nullptr) {
        throw;
      }
    }
  }
}

std::unique_ptr<Slot> NativeBackend::drop_idle_slot() {
  const std::lock_guard lock(mutex_);
  for (const auto& each : places_) {
    if (std::unique_ptr<Slot> slot = each->pool->drop_idle()) {
      return slot;
    }
  }
  return nullptr;
}

std::unique_ptr<Slot> NativeBackend::make_slot(Place& place) {
  SlotNumber number = take_number();
  const SlotIds ids = identity_.slot(number.value());
  const bool has_network = place.environment.network != Network::none;
  const GroupAccess access{identity_.host_init_uid(number.value()),
                           identity_.kind() == wire::Identity::root,
                           identity_.keeps_rights_on_groups(), has_network};
  std::unique_ptr<Slot> slot = place.launcher->make_slot(
      ids, place.groups->make_slot(next_group_++, access), std::move(number), !has_network);
  guarantee::require(place.guarantees(*slot), demand(options_));
  return slot;
}

Probe NativeBackend::probe() {
  const Identity* own = nullptr;
  {
    const std::lock_guard lock(mutex_);
    own = prepared_ ? &identity_ : nullptr;
  }
  return probe_host(options_, own, [this] { return take_number(); });
}

std::vector<Leftover> NativeBackend::collect_garbage(bool dry_run) {
  return remove_garbage(ControlGroups::find(options_.cgroup_parent)->parents(), dry_run);
}

} // namespace sandbox::native

namespace sandbox {

std::unique_ptr<Backend> make_native_backend(NativeOptions options) {
  return std::make_unique<native::NativeBackend>(std::move(options));
}

} // namespace sandbox
