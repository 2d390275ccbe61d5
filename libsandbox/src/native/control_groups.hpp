// SPDX-License-Identifier: Apache-2.0
//
// The control groups of one launcher: an owner's directory, locked while the application or the
// guard lives, and below it a group for each slot.
#pragma once

#include "monitor/box.hpp"
#include "native/hierarchies.hpp"
#include "native/offers.hpp"
#include "os/fd.hpp"

#include <sandbox/limits.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sandbox::native {

/// The group of one slot.
class SlotGroup {
 public:
  virtual ~SlotGroup() = default; // removes it; its processes must be gone
  SlotGroup(const SlotGroup&) = delete;
  SlotGroup& operator=(const SlotGroup&) = delete;

  /// cgroup.procs files for the slot to write itself into: before and after it makes its cgroup
  /// namespace.
  virtual std::vector<os::Fd> joins() = 0;
  virtual std::vector<os::Fd> late_joins() = 0;
  /// Figures that hold for all boxes of the slot; what prepare() brings goes before them.
  virtual std::uint32_t slot_figures(std::vector<os::Fd>& descriptors) = 0;
  /// The slot has joined; its init has the host id `init_uid`.
  virtual void joined() = 0;

  /// Puts limits into force for the next stage.
  virtual void prepare(const Limits& limits, monitor::StageSetup& setup) = 0;
  /// See monitor::Box.
  virtual std::optional<std::uint64_t> out_of_memory_kills() noexcept = 0;
  virtual std::optional<bool> memory_limit_reached() noexcept = 0;
  virtual void lift_cpu_limit() noexcept = 0;
  virtual void lift_memory_limit() = 0;
  /// Before a box: limits of the one before it leave room for `bytes` of files.
  virtual void make_room(std::uint64_t bytes) = 0;
  /// Nothing of the boxes so far is charged to it: the next would otherwise have to pay.
  virtual bool is_clean() noexcept = 0;

 protected:
  SlotGroup() = default;
};

/// Who may let a process be born in a group, beside us.
struct GroupAccess {
  std::uint32_t init_uid{0}; // host id of init
  bool may_chown{false};     // we can give files to it; otherwise they are opened to all
  bool may_move{false};      // init can be let move itself after it has taken its ids (v1)
  bool has_network{false};   // its boxes can make TCP and UDP sockets
};

/// What is counted of the sockets of boxes with a network, TCP and UDP, beside their memory limit.
inline constexpr std::uint64_t socket_buffer_bytes = 16 * MiB;

class ControlGroups {
 public:
  /// Finds out what the host offers; makes nothing. `parent` as NativeOptions::cgroup_parent.
  static std::unique_ptr<ControlGroups> find(const std::string& parent);

  virtual ~ControlGroups() = default;
  ControlGroups(const ControlGroups&) = delete;
  ControlGroups& operator=(const ControlGroups&) = delete;

  /// memory, swap, processes, CPU time and CPU share.
  virtual std::vector<Offer> offers() const = 0;
  /// Makes and locks the owner's directories. Throws Error.
  virtual void create(const std::string& owner) = 0;
  /// For the guard: parent and owner's directory of each hierarchy, in pairs.
  virtual std::vector<int> directories() const = 0;
  /// `number` is given once only.
  virtual std::unique_ptr<SlotGroup> make_slot(unsigned number, const GroupAccess& access) = 0;
  /// Directories in which owners' directories lie.
  virtual std::vector<std::string> parents() const = 0;

 protected:
  ControlGroups() = default;
};

std::unique_ptr<ControlGroups> make_v1(const Hierarchies& hierarchies, const std::string& parent);
std::unique_ptr<ControlGroups> make_v2(const std::string& mount_point, const std::string& parent);

/// The quota for `cores` in microseconds of a period of 100 ms.
std::uint64_t quota_us(double cores);
inline constexpr std::uint64_t quota_period_us = 100'000;

} // namespace sandbox::native
