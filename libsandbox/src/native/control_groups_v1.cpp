// SPDX-License-Identifier: Apache-2.0
//
// cgroup v1: a tree of ours in each controller's hierarchy. Moving a process between groups can
// wait for an RCU grace period, so a slot joins once and every box inherits the groups; figures are
// differences, peaks are reset.
#include "native/control_groups.hpp"
#include "native/group_directory.hpp"
#include "native/memory_group_v1.hpp"
#include "os/file.hpp"
#include "os/system_error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>

namespace sandbox::native {
namespace {

/// The slot and init are in the program's groups.
constexpr std::uint64_t own_processes = 2;
/// What the slot itself holds varies a little from box to box; the limit need not follow each page.
constexpr std::uint64_t usage_step = MiB;

/// One of our trees: several controllers may share a hierarchy.
struct Tree {
  std::string mount_point;
  os::Fd parent;
  GroupDirectory owner;
};

struct FigureFile {
  wire::Figure figure;
  std::string_view controller;
  const char* name;
};

constexpr FigureFile figure_files[] = {
    {wire::Figure::cpu_usage, "cpuacct", "cpuacct.usage"},
    {wire::Figure::memory_usage, "memory", "memory.usage_in_bytes"},
    {wire::Figure::memory_peak, "memory", "memory.max_usage_in_bytes"},
    {wire::Figure::memory_events, "memory", "memory.oom_control"},
    {wire::Figure::pids_events, "pids", "pids.events"},
    {wire::Figure::pids_peak, "pids", "pids.peak"},
};

/// A peak is reset by writing to it.
int flags(const FigureFile& file) {
  return file.figure == wire::Figure::memory_peak ? O_RDWR : O_RDONLY;
}

/// What init and a small program's file take; more may be what an earlier stage left.
constexpr std::uint64_t ordinary_files = 2 * MiB;
/// What a slot has charged to it beyond this when its box is gone, was left by the box, or waits
/// for the kernel to give it back. The next box's peak is wrong by as much of it as goes meanwhile.
constexpr std::uint64_t unnoticed = 512 * KiB;

/// A smaller limit a program may have filled before init has the score that spares it (part_scores
/// in init/stage.cpp), and of less than 1000 pages scores are no part at all (oom_badness() in
/// mm/oom_kill.c): the kernel would take init, which is larger than a small program. A group of its
/// own costs a millisecond or two.
constexpr std::uint64_t spares_init_from = 16 * MiB;

/// Each processor may hold a stock of charges back (mm/memcontrol.c, MEMCG_CHARGE_BATCH).
std::uint64_t stocks() {
  constexpr std::uint64_t stock = 256 * KiB;
  // Asking the system opens a file each time.
  static const std::uint64_t bytes =
      stock * static_cast<std::uint64_t>(std::max(::sysconf(_SC_NPROCESSORS_CONF), 1L));
  return bytes;
}

struct Controllers {
  std::map<std::string, std::size_t, std::less<>> trees; // which of the trees has each
  bool memory_alone{false};                              // in its hierarchy
};

class V1SlotGroup final : public SlotGroup {
 public:
  V1SlotGroup(const std::vector<Tree>& trees, const Controllers& controllers, std::string name,
              const GroupAccess& access)
      : trees_(trees), controllers_(controllers), name_(std::move(name)), access_(access) {
    for (const Tree& tree : trees) {
      groups_.emplace_back(tree.owner.get(), name_);
      groups_.back().close();
    }
    if (has("memory")) {
      take_memory(memory_, name_);
    }
  }

  std::vector<os::Fd> joins() override {
    std::vector<os::Fd> files;
    for (const Tree& tree : trees_) {
      files.push_back(os::open_at(tree.owner.get(), path("cgroup.procs"), O_WRONLY));
    }
    return files;
  }

  std::vector<os::Fd> late_joins() override { return {}; }

  std::uint32_t slot_figures(std::vector<os::Fd>& descriptors) override {
    std::uint32_t present = 0;
    for (const FigureFile& each : figure_files) {
      os::Fd file = has(each.controller)
                        ? os::open_at_if_there(owner(each.controller), path(each.name), flags(each))
                        : os::Fd();
      if (file) {
        present |= 1U << static_cast<unsigned>(each.figure);
        descriptors.push_back(std::move(file));
      }
    }
    return present;
  }

  void joined() override {
    if (memory_) {
      base_usage_ = memory_->usage();
    }
  }

  void prepare(const Limits& limits, monitor::StageSetup& setup) override {
    if (memory_) {
      prepare_memory(limits.memory_bytes, setup);
    }
    if (has("pids")) {
      set("pids", "pids.max", pids_,
          limits.processes == unlimited ? "max" : std::to_string(limits.processes + own_processes));
    }
    if (has("cpu")) {
      set("cpu", "cpu.cfs_quota_us", quota_, std::to_string(quota_us(limits.cores)));
      less_than_a_core_ = limits.cores < 1;
    }
    setup.memory_counter = "memory.oom_control oom_kill";
    setup.cpu_counter = "cpuacct.usage";
  }

  std::optional<std::uint64_t> out_of_memory_kills() noexcept override {
    try {
      const auto now = memory_ ? stage_memory().out_of_memory_kills() : std::nullopt;
      return now && oom_kills_before_ ? std::optional(*now - *oom_kills_before_) : std::nullopt;
    } catch (const std::exception&) {
      return std::nullopt;
    }
  }

  std::optional<bool> memory_limit_reached() noexcept override {
    try {
      return memory_ ? std::optional(stage_memory().limit_was_reached()) : std::nullopt;
    } catch (const std::exception&) {
      return std::nullopt;
    }
  }

  void lift_cpu_limit() noexcept override {
    try {
      if (has("cpu")) {
        set("cpu", "cpu.cfs_quota_us", quota_, "-1");
        less_than_a_core_ = false;
      }
    } catch (const std::exception&) {
      // The processes end later, that is all.
    }
  }

  void lift_memory_limit() override {
    if (memory_) {
      memory_->set_limit(unlimited);
    }
  }

  void make_room(std::uint64_t bytes) override {
    if (memory_ && memory_->limit() < base_usage_ + ordinary_files + stocks() + bytes) {
      memory_->set_limit(unlimited);
    }
    if (less_than_a_core_) {
      lift_cpu_limit();
    }
  }

  bool is_clean() noexcept override {
    try {
      return !memory_ || memory_->usage() <= base_usage_ + unnoticed + stocks();
    } catch (const std::exception&) {
      return false;
    }
  }

 private:
  bool has(std::string_view controller) const { return controllers_.trees.contains(controller); }

  int owner(std::string_view controller) const {
    return trees_[controllers_.trees.find(controller)->second].owner.get();
  }

  /// From the owner's directory.
  std::string path(std::string_view file) const { return fmt::format("{}/{}", name_, file); }

  void set(std::string_view controller, const char* file, std::string& last,
           const std::string& value) const {
    if (last != value) {
      os::write_file(owner(controller), path(file), value);
      last = value;
    }
  }

  void take_memory(std::optional<MemoryGroupV1>& memory, const std::string& group) const {
    memory.emplace(owner("memory"), group);
    if (access_.has_network) {
      memory->set_socket_limit(socket_buffer_bytes);
    }
  }

  MemoryGroupV1& stage_memory() { return own_memory_ ? *own_memory_ : *memory_; }

  /// The program gets its whole limit beside what the slot itself holds. What an earlier stage left
  /// behind may be memory that this one can free, so then it gets a group of its own; as it does
  /// with a limit at which the kernel might end init in its stead.
  void prepare_memory(std::uint64_t limit, monitor::StageSetup& setup) {
    own_memory_.reset();
    own_group_ = {};
    const std::uint64_t used = memory_->usage();
    const bool apart = limit < spares_init_from || used > base_usage_ + ordinary_files + stocks();
    if (apart && controllers_.memory_alone && access_.may_move) {
      make_own_memory(limit, setup);
    } else {
      const std::uint64_t beside = (used + usage_step - 1) / usage_step * usage_step;
      memory_->set_limit(limit == unlimited ? unlimited : limit + beside);
    }
    stage_memory().reset_swap_peak();
    oom_kills_before_ = stage_memory().out_of_memory_kills();
  }

  void make_own_memory(std::uint64_t limit, monitor::StageSetup& setup) {
    memory_->set_limit(unlimited);
    const std::string group = path(std::to_string(++own_groups_));
    own_group_ = GroupDirectory(owner("memory"), group);
    take_memory(own_memory_, group);
    own_memory_->set_limit(limit);
    setup.own_group = wire::OwnGroup::join;
    setup.descriptors.push_back(os::open_at(own_group_.get(), "cgroup.procs", O_WRONLY));
    for (const FigureFile& each : figure_files) {
      if (each.controller == "memory") {
        setup.figures |= 1U << static_cast<unsigned>(each.figure);
        setup.descriptors.push_back(os::open_at(own_group_.get(), each.name, flags(each)));
      }
    }
  }

  const std::vector<Tree>& trees_;
  const Controllers& controllers_;
  std::string name_;
  GroupAccess access_;
  std::vector<GroupDirectory> groups_; // as the trees
  std::optional<MemoryGroupV1> memory_;
  std::uint64_t base_usage_{0};
  GroupDirectory own_group_; // of the stage, where it has one
  std::optional<MemoryGroupV1> own_memory_;
  unsigned own_groups_{0};
  std::string pids_;
  std::string quota_;
  bool less_than_a_core_{false};
  std::optional<std::uint64_t> oom_kills_before_;
};

class V1 final : public ControlGroups {
 public:
  V1(const Hierarchies& hierarchies, std::string parent) : parent_(std::move(parent)) {
    for (const char* controller : {"memory", "pids", "cpuacct", "cpu"}) {
      const auto found = hierarchies.v1.find(controller);
      if (found == hierarchies.v1.end() || !may_use(found->second)) {
        continue;
      }
      const auto same = std::find_if(trees_.begin(), trees_.end(), [&](const Tree& tree) {
        return tree.mount_point == found->second;
      });
      controllers_.trees[controller] = static_cast<std::size_t>(same - trees_.begin());
      if (same == trees_.end()) {
        trees_.push_back({found->second, {}, {}});
      }
    }
    const auto memory = controllers_.trees.find("memory");
    controllers_.memory_alone =
        memory != controllers_.trees.end() &&
        std::count_if(controllers_.trees.begin(), controllers_.trees.end(),
                      [&](const auto& each) { return each.second == memory->second; }) == 1;
    counts_swap_ =
        !host_has_swap() ||
        (controllers_.trees.contains("memory") &&
         ::access((hierarchies.v1.find("memory")->second + "/memory.memsw.limit_in_bytes").c_str(),
                  F_OK) == 0);
  }

  std::vector<Offer> offers() const override {
    std::vector<Offer> offers;
    add(offers, guarantee::memory_cgroup, "memory", "cgroup v1, memory.limit_in_bytes");
    offers.push_back(
        {{std::string(guarantee::swap_limit), counts_swap_,
          counts_swap_ ? "memory.memsw.limit_in_bytes or no swap" : "swap is not counted"},
         "boot with swapaccount=1 or switch swap off"});
    add(offers, guarantee::process_cgroup, "pids", "cgroup v1, pids.max");
    add(offers, guarantee::cpu_time_cgroup, "cpuacct", "cgroup v1, cpuacct.usage");
    add(offers, guarantee::cpu_share, "cpu", "cgroup v1, cpu.cfs_quota_us");
    return offers;
  }

  void create(const std::string& owner) override {
    for (Tree& tree : trees_) {
      tree.parent = make_path(tree.mount_point, parent_);
      tree.owner = GroupDirectory(tree.parent.get(), owner);
      os::check(::flock(tree.owner.get(), LOCK_EX | LOCK_NB), "flock", owner);
    }
  }

  std::vector<int> directories() const override {
    std::vector<int> all;
    for (const Tree& tree : trees_) {
      all.push_back(tree.parent.get());
      all.push_back(tree.owner.get());
    }
    return all;
  }

  std::unique_ptr<SlotGroup> make_slot(unsigned number, const GroupAccess& access) override {
    return std::make_unique<V1SlotGroup>(trees_, controllers_, fmt::format("s{}", number), access);
  }

  std::vector<std::string> parents() const override {
    std::vector<std::string> all;
    for (const Tree& tree : trees_) {
      all.push_back(tree.mount_point + parent_);
    }
    return all;
  }

 private:
  bool may_use(const std::string& mount_point) const {
    const std::string group = mount_point + parent_;
    return ::access(group.c_str(), W_OK) == 0 ||
           (errno == ENOENT && ::access(mount_point.c_str(), W_OK) == 0);
  }

  void add(std::vector<Offer>& offers, std::string_view name, const char* controller,
           const char* detail) const {
    const bool present = controllers_.trees.contains(controller);
    offers.push_back(
        {{std::string(name), present,
          present ? detail : fmt::format("no usable cgroup v1 hierarchy with {}", controller)},
         fmt::format("run as root, or have root make {} writable in the {} hierarchy", parent_,
                     controller)});
  }

  std::string parent_;
  std::vector<Tree> trees_;
  Controllers controllers_;
  bool counts_swap_{false};
};

} // namespace

std::unique_ptr<ControlGroups> make_v1(const Hierarchies& hierarchies, const std::string& parent) {
  return std::make_unique<V1>(hierarchies, parent);
}

} // namespace sandbox::native
