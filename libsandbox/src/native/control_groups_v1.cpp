// SPDX-License-Identifier: Apache-2.0
//
// cgroup v1: a tree of ours in each controller's hierarchy. Moving a process between groups can
// wait for an RCU grace period, so a slot joins once and every box inherits the groups; figures are
// differences, peaks are reset.
#include "native/control_groups.hpp"
#include "native/group_directory.hpp"
#include "os/file.hpp"
#include "os/system_error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

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
    {wire::Figure::cpu_user, "cpuacct", "cpuacct.usage_user"},
    {wire::Figure::cpu_system, "cpuacct", "cpuacct.usage_sys"},
    {wire::Figure::memory_usage, "memory", "memory.usage_in_bytes"},
    {wire::Figure::memory_peak, "memory", "memory.max_usage_in_bytes"},
    {wire::Figure::memory_events, "memory", "memory.oom_control"},
    {wire::Figure::pids_events, "pids", "pids.events"},
    {wire::Figure::pids_peak, "pids", "pids.peak"},
};

class V1SlotGroup final : public SlotGroup {
 public:
  V1SlotGroup(const std::vector<Tree>& trees,
              const std::map<std::string, std::size_t, std::less<>>& controllers,
              const std::string& name)
      : controllers_(controllers) {
    for (const Tree& tree : trees) {
      directories_.emplace_back(tree.owner.get(), name);
    }
    memory_usage_ = open("memory", "memory.usage_in_bytes");
    memory_events_ = open("memory", "memory.oom_control");
    memory_limit_ = open("memory", "memory.limit_in_bytes", O_WRONLY);
    memory_and_swap_limit_ = open("memory", "memory.memsw.limit_in_bytes", O_WRONLY);
  }

  std::vector<os::Fd> joins() override {
    std::vector<os::Fd> files;
    for (const GroupDirectory& directory : directories_) {
      files.push_back(os::open_at(directory.get(), "cgroup.procs", O_WRONLY));
    }
    return files;
  }

  std::vector<os::Fd> late_joins() override { return {}; }

  std::uint32_t slot_figures(std::vector<os::Fd>& descriptors) override {
    std::uint32_t present = 0;
    for (const FigureFile& each : figure_files) {
      os::Fd file = open(each.controller, each.name,
                         each.figure == wire::Figure::memory_peak ? O_RDWR : O_RDONLY);
      if (file) {
        present |= 1U << static_cast<unsigned>(each.figure);
        descriptors.push_back(std::move(file));
      }
    }
    return present;
  }

  void joined() override {}

  void prepare(const Limits& limits, monitor::StageSetup& setup) override {
    if (controllers_.contains("memory")) {
      set_memory(limits.memory_bytes);
      oom_kills_before_ = read_oom_kills();
    }
    if (controllers_.contains("pids")) {
      set("pids", "pids.max", pids_,
          limits.processes == unlimited ? "max" : std::to_string(limits.processes + own_processes));
    }
    if (controllers_.contains("cpu")) {
      set("cpu", "cpu.cfs_quota_us", quota_, std::to_string(quota_us(limits.cores)));
    }
    setup.memory_counter = "memory.oom_control oom_kill";
    setup.cpu_counter = "cpuacct.usage";
  }

  std::optional<std::uint64_t> out_of_memory_kills() noexcept override {
    try {
      const auto now = read_oom_kills();
      return now && oom_kills_before_ ? std::optional(*now - *oom_kills_before_) : std::nullopt;
    } catch (const std::exception&) {
      return std::nullopt;
    }
  }

 private:
  os::Fd open(std::string_view controller, const char* file, int flags = O_RDONLY) const {
    const auto tree = controllers_.find(controller);
    return tree == controllers_.end()
               ? os::Fd()
               : os::try_open_at(directories_[tree->second].get(), file, flags);
  }

  void write(std::string_view controller, const char* file, const std::string& value) const {
    os::write_file(directories_[controllers_.find(controller)->second].get(), file, value);
  }

  void set(std::string_view controller, const char* file, std::string& last,
           const std::string& value) const {
    if (last != value) {
      write(controller, file, value);
      last = value;
    }
  }

  /// The program gets its whole limit beside what earlier stages left and what the slot itself
  /// holds.
  void set_memory(std::uint64_t limit) {
    std::string value = "-1";
    if (limit != unlimited) {
      const std::uint64_t used = std::stoull(os::read_fd(memory_usage_.get()));
      value = std::to_string(limit + (used + usage_step - 1) / usage_step * usage_step);
    }
    if (value == memory_) {
      return;
    }
    // memory+swap may never be below memory: lift it out of the way first.
    if (memory_and_swap_limit_ && !memory_.empty()) {
      os::write_fd(memory_and_swap_limit_.get(), "-1", "memory.memsw.limit_in_bytes");
    }
    memory_.clear();
    os::write_fd(memory_limit_.get(), value, "memory.limit_in_bytes");
    if (memory_and_swap_limit_) {
      os::write_fd(memory_and_swap_limit_.get(), value, "memory.memsw.limit_in_bytes");
    }
    memory_ = value;
  }

  std::optional<std::uint64_t> read_oom_kills() const {
    if (!memory_events_) {
      return std::nullopt;
    }
    constexpr std::string_view key = "\noom_kill ";
    const std::string text = os::read_fd(memory_events_.get());
    const std::size_t at = text.find(key);
    return at == std::string::npos
               ? std::nullopt
               : std::optional<std::uint64_t>(std::stoull(text.substr(at + key.size())));
  }

  const std::map<std::string, std::size_t, std::less<>>& controllers_;
  std::vector<GroupDirectory> directories_;
  os::Fd memory_usage_;
  os::Fd memory_events_;
  os::Fd memory_limit_;
  os::Fd memory_and_swap_limit_;
  std::string memory_;
  std::string pids_;
  std::string quota_;
  std::optional<std::uint64_t> oom_kills_before_;
};

bool host_has_swap() {
  const std::string swaps = os::read_file(AT_FDCWD, "/proc/swaps");
  return std::count(swaps.begin(), swaps.end(), '\n') > 1;
}

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
      controllers_[controller] = static_cast<std::size_t>(same - trees_.begin());
      if (same == trees_.end()) {
        trees_.push_back({found->second, {}, {}});
      }
    }
    counts_swap_ =
        !host_has_swap() ||
        (controllers_.contains("memory") &&
         ::access((hierarchies.v1.find("memory")->second + "/memory.memsw.limit_in_bytes").c_str(),
                  F_OK) == 0);
  }

  std::vector<Offer> offers() const override {
    std::vector<Offer> offers;
    add(offers, memory_cgroup, "memory", "cgroup v1, memory.limit_in_bytes");
    offers.push_back(
        {{std::string(swap_limit), counts_swap_,
          counts_swap_ ? "memory.memsw.limit_in_bytes or no swap" : "swap is not counted"},
         "boot with swapaccount=1 or switch swap off"});
    add(offers, process_cgroup, "pids", "cgroup v1, pids.max");
    add(offers, cpu_time_cgroup, "cpuacct", "cgroup v1, cpuacct.usage");
    add(offers, cpu_share, "cpu", "cgroup v1, cpu.cfs_quota_us");
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

  std::unique_ptr<SlotGroup> make_slot(unsigned number, const GroupAccess&) override {
    return std::make_unique<V1SlotGroup>(trees_, controllers_, fmt::format("s{}", number));
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
    const bool present = controllers_.contains(controller);
    offers.push_back(
        {{std::string(name), present,
          present ? detail : fmt::format("no usable cgroup v1 hierarchy with {}", controller)},
         fmt::format("run as root, or have root make {} writable in the {} hierarchy", parent_,
                     controller)});
  }

  std::string parent_;
  std::vector<Tree> trees_;
  std::map<std::string, std::size_t, std::less<>> controllers_;
  bool counts_swap_{false};
};

} // namespace

std::unique_ptr<ControlGroups> make_v1(const Hierarchies& hierarchies, const std::string& parent) {
  return std::make_unique<V1>(hierarchies, parent);
}

} // namespace sandbox::native
