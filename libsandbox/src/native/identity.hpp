// SPDX-License-Identifier: Apache-2.0
//
// Which host ids boxes run under.
#pragma once

#include "os/fd.hpp"
#include "wire/launch.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sandbox::native {

/// The two ids of a slot, as its launcher sees them.
struct SlotIds {
  std::uint32_t init{0};
  std::uint32_t program{0};
};

/// A range of ids that no other living application uses, for as long as this lives.
class Identity {
 public:
  /// How many slots of one application can live at a time.
  static constexpr unsigned max_slots = 256;

  /// Chooses what the application's rights allow. Throws Error(resource) when every range is taken.
  static Identity choose();

  wire::Identity kind() const noexcept { return kind_; }
  /// Whether a slot that has taken its ids may still write to a cgroup.procs of v1 that we opened:
  /// for that we must be root of the host, or have the slot's id.
  bool keeps_rights_on_groups() const noexcept {
    return kind_ == wire::Identity::single || is_host_root_;
  }
  SlotIds slot(unsigned number) const noexcept;
  /// Host id of a slot's init.
  std::uint32_t host_init_uid(unsigned number) const noexcept;

  /// argv of newuidmap and newgidmap (the pid goes to index 1); empty unless kind() is subuids.
  const std::vector<std::string>& uid_map_command() const noexcept { return uid_map_command_; }
  const std::vector<std::string>& gid_map_command() const noexcept { return gid_map_command_; }

 private:
  wire::Identity kind_{wire::Identity::single};
  bool is_host_root_{false};
  std::uint32_t base_{0};
  std::uint32_t first_host_id_{0}; // of the subordinate ids in use
  os::Fd lock_; // an abstract socket whose name is the range: the kernel gives it up with us
  std::vector<std::string> uid_map_command_;
  std::vector<std::string> gid_map_command_;
};

/// A range of subordinate ids.
struct IdRange {
  std::uint32_t first{0};
  std::uint32_t count{0};
};

/// The first range of `user` (name or number) in the text of /etc/subuid or /etc/subgid
/// (subuid(5)).
std::optional<IdRange> parse_subordinate_ids(std::string_view text, std::string_view user,
                                             std::uint32_t uid);

/// The largest range of ids that /proc/self/uid_map (user_namespaces(7)) maps, clipped to `wanted`.
std::optional<IdRange> parse_own_ids(std::string_view uid_map, IdRange wanted);

} // namespace sandbox::native
