// SPDX-License-Identifier: Apache-2.0
//
// cgroup v2: below the owner's group one group a slot, in it a leaf for slot and init, and a fresh
// leaf for each stage, into which the program is born (CLONE_INTO_CGROUP). A fresh leaf starts all
// counters at nothing, on kernels too whose memory.peak cannot be reset.
#include "native/control_groups.hpp"
#include "native/counter.hpp"
#include "native/group_directory.hpp"
#include "os/file.hpp"
#include "os/system_error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

namespace sandbox::native {
namespace {

constexpr const char* controllers[] = {"memory", "pids", "cpu"};

bool has_word(const std::string& text, std::string_view word) {
  std::istringstream stream(text);
  for (std::string each; stream >> each;) {
    if (each == word) {
      return true;
    }
  }
  return false;
}

struct FigureFile {
  wire::Figure figure;
  const char* name;
};

constexpr FigureFile figure_files[] = {
    {wire::Figure::cpu_usage, "cpu.stat"},      {wire::Figure::memory_usage, "memory.current"},
    {wire::Figure::memory_peak, "memory.peak"}, {wire::Figure::memory_events, "memory.events"},
    {wire::Figure::pids_events, "pids.events"}, {wire::Figure::pids_peak, "pids.peak"},
};

class V2SlotGroup final : public SlotGroup {
 public:
  V2SlotGroup(int owner, std::string name, std::vector<std::string> enabled,
              const GroupAccess& access)
      : enabled_(std::move(enabled)), access_(access), directory_(owner, std::move(name)),
        init_(directory_.get(), "init") {}

  // The cgroup namespace's root is where the slot is when it makes it: it must be above the stages'
  // leaves.
  std::vector<os::Fd> joins() override { return procs(directory_.get()); }
  std::vector<os::Fd> late_joins() override { return procs(init_.get()); }
  std::uint32_t slot_figures(std::vector<os::Fd>&) override { return 0; }

  void joined() override {
    for (const std::string& controller : enabled_) {
      os::write_file(directory_.get(), "cgroup.subtree_control", "+" + controller);
    }
    open_to_init(directory_.get());
  }

  void prepare(const Limits& limits, monitor::StageSetup& setup) override {
    stage_ = GroupDirectory(directory_.get(), fmt::format("p{}", ++stages_));
    open_to_init(stage_.get());
    if (has("memory")) {
      set("memory.max", limits.memory_bytes);
      if (::faccessat(stage_.get(), "memory.swap.max", F_OK, 0) == 0) {
        os::write_file(stage_.get(), "memory.swap.max", "0");
      }
      os::write_file(stage_.get(), "memory.oom.group", "1");
    }
    if (has("pids")) {
      set("pids.max", limits.processes);
    }
    if (has("cpu")) {
      os::write_file(stage_.get(), "cpu.max",
                     fmt::format("{} {}", quota_us(limits.cores), quota_period_us));
    }
    setup.own_group = wire::OwnGroup::born;
    setup.descriptors.push_back(os::open_at(stage_.get(), ".", O_RDONLY | O_DIRECTORY));
    for (const FigureFile& each : figure_files) {
      os::Fd file = os::open_at_if_there(stage_.get(), each.name, O_RDONLY);
      if (file) {
        setup.figures |= 1U << static_cast<unsigned>(each.figure);
        setup.descriptors.push_back(std::move(file));
      }
    }
    setup.memory_counter = "memory.events oom_kill";
    setup.cpu_counter = "cpu.stat usage_usec";
  }

  std::optional<std::uint64_t> out_of_memory_kills() noexcept override {
    return memory_event("oom_kill");
  }

  // Counts where the limit is that was reached, not where the kernel then chose a process.
  std::optional<bool> memory_limit_reached() noexcept override {
    const auto times = memory_event("oom");
    return times ? std::optional(*times > 0) : std::nullopt;
  }

  void lift_cpu_limit() noexcept override {
    if (has("cpu") && stage_) {
      try {
        os::write_file(stage_.get(), "cpu.max", "max");
      } catch (const std::exception&) {
        // The processes end later, that is all.
      }
    }
  }

  void lift_memory_limit() override {} // init is in no group with a limit
  void make_room(std::uint64_t) override {}
  bool is_clean() noexcept override { return true; } // each stage gets a fresh group

 private:
  static std::vector<os::Fd> procs(int directory) {
    std::vector<os::Fd> files;
    files.push_back(os::open_at(directory, "cgroup.procs", O_WRONLY));
    return files;
  }

  std::optional<std::uint64_t> memory_event(std::string_view key) const noexcept {
    try {
      return parse_counter(os::read_file(stage_.get(), "memory.events"), key);
    } catch (const std::exception&) {
      return std::nullopt;
    }
  }

  bool has(std::string_view controller) const {
    return std::find(enabled_.begin(), enabled_.end(), controller) != enabled_.end();
  }

  void set(const char* file, std::uint64_t limit) const {
    os::write_file(stage_.get(), file, limit == unlimited ? "max" : std::to_string(limit));
  }

  /// clone3 asks whether init itself may write these (kernel/cgroup/cgroup.c, cgroup_css_set_fork).
  /// No program can reach them: no cgroup file system is mounted in a box.
  void open_to_init(int directory) const {
    if (access_.may_chown) {
      os::check(::fchownat(directory, "cgroup.procs", access_.init_uid, static_cast<gid_t>(-1), 0),
                "chown", "cgroup.procs");
    } else if (access_.init_uid != ::geteuid()) {
      os::check(::fchmodat(directory, "cgroup.procs", 0666, 0), "chmod", "cgroup.procs");
    }
  }

  std::vector<std::string> enabled_;
  GroupAccess access_;
  GroupDirectory directory_;
  GroupDirectory init_;
  GroupDirectory stage_;
  unsigned stages_{0};
};

class V2 final : public ControlGroups {
 public:
  V2(std::string mount_point, const std::string& parent) : mount_point_(std::move(mount_point)) {
    base_ = ::geteuid() == 0 ? std::string() : delegated_group();
    path_ = base_ + parent;
    const os::Fd base = os::try_open_at(AT_FDCWD, mount_point_ + base_, O_RDONLY | O_DIRECTORY);
    usable_ = static_cast<bool>(base) && ::faccessat(base.get(), ".", W_OK, AT_EACCESS) == 0;
    if (usable_) {
      const std::string available = os::read_file(base.get(), "cgroup.controllers");
      for (const char* controller : controllers) {
        if (has_word(available, controller)) {
          enabled_.emplace_back(controller);
        }
      }
    }
  }

  std::vector<Offer> offers() const override {
    std::vector<Offer> offers;
    add(offers, guarantee::memory_cgroup, "memory", "cgroup v2, memory.max");
    add(offers, guarantee::swap_limit, "memory", "cgroup v2, memory.swap.max = 0");
    add(offers, guarantee::process_cgroup, "pids", "cgroup v2, pids.max");
    // cpu.stat counts CPU time in every group, with and without the controller.
    offers.push_back({{std::string(guarantee::cpu_time_cgroup), usable_,
                       usable_ ? "cgroup v2, cpu.stat" : "no delegated group"},
                      remedy()});
    add(offers, guarantee::cpu_share, "cpu", "cgroup v2, cpu.max");
    return offers;
  }

  void create(const std::string& owner) override {
    if (!usable_) {
      return;
    }
    enable(mount_point_ + base_);
    parent_ = make_path(mount_point_, path_);
    enable(mount_point_ + path_);
    owner_ = GroupDirectory(parent_.get(), owner);
    os::check(::flock(owner_.get(), LOCK_EX | LOCK_NB), "flock", owner);
    enable(fmt::format("{}{}/{}", mount_point_, path_, owner));
  }

  std::vector<int> directories() const override {
    return usable_ ? std::vector<int>{parent_.get(), owner_.get()} : std::vector<int>{};
  }

  std::unique_ptr<SlotGroup> make_slot(unsigned number, const GroupAccess& access) override {
    return usable_ ? std::make_unique<V2SlotGroup>(owner_.get(), fmt::format("s{}", number),
                                                   enabled_, access)
                   : nullptr;
  }

  std::vector<std::string> parents() const override { return {mount_point_ + path_}; }

 private:
  /// The nearest group above our own that we may make groups in and that passes memory and pids on:
  /// groups below it can be siblings of the one we run in, which itself may hold processes and so
  /// cannot have children with controllers.
  std::string delegated_group() const {
    std::string group = parse_own_group(os::read_file(AT_FDCWD, "/proc/self/cgroup"));
    while (!group.empty()) {
      group.erase(group.rfind('/'));
      const std::string path = mount_point_ + group;
      const os::Fd directory = os::try_open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
      if (directory && ::faccessat(directory.get(), "cgroup.procs", W_OK, AT_EACCESS) == 0 &&
          ::faccessat(directory.get(), ".", W_OK, AT_EACCESS) == 0) {
        return group;
      }
    }
    return "/..none";
  }

  void enable(const std::string& path) const {
    const os::Fd directory = os::open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
    const std::string present = os::read_file(directory.get(), "cgroup.subtree_control");
    for (const std::string& controller : enabled_) {
      if (!has_word(present, controller)) {
        os::write_file(directory.get(), "cgroup.subtree_control", "+" + controller);
      }
    }
  }

  std::string remedy() const {
    return ::geteuid() == 0
               ? "run where the cgroup v2 root has this controller"
               : "run under a delegated group: systemd-run --user --scope -p Delegate=yes";
  }

  void add(std::vector<Offer>& offers, std::string_view name, const char* controller,
           const char* detail) const {
    const bool present = std::find(enabled_.begin(), enabled_.end(), controller) != enabled_.end();
    offers.push_back(
        {{std::string(name), present,
          present ? detail : fmt::format("no delegated cgroup v2 group with {}", controller)},
         remedy()});
  }

  std::string mount_point_;
  std::string base_;
  std::string path_;
  bool usable_{false};
  std::vector<std::string> enabled_;
  os::Fd parent_;
  GroupDirectory owner_;
};

} // namespace

std::unique_ptr<ControlGroups> make_v2(const std::string& mount_point, const std::string& parent) {
  return std::make_unique<V2>(mount_point, parent);
}

} // namespace sandbox::native
