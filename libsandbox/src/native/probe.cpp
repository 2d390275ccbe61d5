// SPDX-License-Identifier: Apache-2.0
#include "native/probe.hpp"

#include "native/control_groups.hpp"
#include "native/launcher.hpp"
#include "native/tree_plan.hpp"
#include "os/file.hpp"
#include "seccomp/filter.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace sandbox::native {
namespace {

Check check_kernel() {
  utsname name{};
  ::uname(&name);
  return {"kernel", Check::Status::ok, fmt::format("Linux {} {}", name.release, name.machine), {}};
}

Check check_filter() {
  try {
    const auto filter = seccomp::compile_filter({});
    return {
        "seccomp_filter", Check::Status::ok, fmt::format("{} BPF instructions", filter.size()), {}};
  } catch (const std::exception& error) {
    return {"seccomp_filter", Check::Status::missing, error.what(),
            "install libseccomp 2.5 or newer"};
  }
}

/// The namespaces, mounts and id maps, by making them.
Check check_launcher(const Identity& identity, SlotNumber number) {
  try {
    const auto no_groups = make_v1({}, "/libsandbox");
    Launcher launcher(plan_tree({}), identity, *no_groups, "probe", BoxFilter({}));
    const SlotIds ids = identity.slot(number.value());
    launcher.make_slot(ids, nullptr, std::move(number), true);
    return {"namespaces", Check::Status::ok, "a box can be prepared", {}};
  } catch (const std::exception& error) {
    return {
        "namespaces", Check::Status::missing, error.what(),
        ::geteuid() == 0
            ? "in a container: give it CAP_SYS_ADMIN and unmasked /proc, or use the docker backend"
            : "allow user namespaces (kernel.unprivileged_userns_clone, user.max_user_namespaces, "
              "kernel.apparmor_restrict_unprivileged_userns), or run as root"};
  }
}

/// Settings of the host that leave more in reach of programs than needed.
void add_host_warnings(std::vector<Check>& checks) {
  constexpr struct {
    const char* name;
    const char* path;
    char good;
    const char* remedy;
  } settings[] = {
      {"unprivileged_bpf", "/proc/sys/kernel/unprivileged_bpf_disabled", '0',
       "sysctl kernel.unprivileged_bpf_disabled=1"},
      {"legacy_tiocsti", "/proc/sys/dev/tty/legacy_tiocsti", '1',
       "sysctl dev.tty.legacy_tiocsti=0"},
      {"unprivileged_userfaultfd", "/proc/sys/vm/unprivileged_userfaultfd", '1',
       "sysctl vm.unprivileged_userfaultfd=0"},
  };
  for (const auto& setting : settings) {
    const os::Fd file = os::try_open_at(AT_FDCWD, setting.path, O_RDONLY);
    if (file && os::read_fd(file.get()).starts_with(setting.good)) {
      checks.push_back({setting.name, Check::Status::warning,
                        "open to every user of this host; the filter forbids it in boxes",
                        setting.remedy});
    }
  }
}

} // namespace

Offer identity_offer(const Identity& identity) {
  const bool separate = identity.kind() != wire::Identity::single;
  const char* how = identity.kind() == wire::Identity::root
                        ? "two host ids a slot, used by nobody else"
                        : "subordinate ids by newuidmap";
  return {{std::string(guarantee::separate_uid), separate,
           separate ? how : "init and program share the one id that may be mapped"},
          "apt-get install uidmap and give the user 512 ids in /etc/subuid and /etc/subgid, or run "
          "as root"};
}

Offer landlock_offer() {
  constexpr unsigned ask_version = 1;
  constexpr long abi_with_network = 4;
  const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, ask_version);
  const bool useful = abi >= abi_with_network;
  return {{std::string(guarantee::landlock), useful,
           useful ? fmt::format("ABI {}", abi)
                  : std::string("the kernel has none, or older than ABI 4")},
          "Linux 6.7 or newer with CONFIG_SECURITY_LANDLOCK, and landlock in lsm="};
}

Probe probe_host(const NativeOptions& options, const Identity* own,
                 const std::function<SlotNumber()>& free_number) {
  Probe probe;
  probe.backend = "native";
  probe.checks.push_back(check_kernel());
  try {
    std::optional<Identity> chosen;
    const Identity& identity = own != nullptr ? *own : chosen.emplace(Identity::choose());
    probe.checks.push_back(check_launcher(identity, free_number()));
    probe.checks.push_back(check_filter());
    for (const Offer& offer : ControlGroups::find(options.cgroup_parent)->offers()) {
      probe.checks.push_back(guarantee::to_check(offer, demand(options)));
    }
    probe.checks.push_back(guarantee::to_check(identity_offer(identity), demand(options)));
    probe.checks.push_back(guarantee::to_check(landlock_offer(), demand(options)));
  } catch (const std::exception& error) {
    probe.checks.push_back({"host", Check::Status::missing, error.what(), "see the message"});
  }
  add_host_warnings(probe.checks);
  probe.usable = std::none_of(probe.checks.begin(), probe.checks.end(), [](const Check& check) {
    return check.status == Check::Status::missing;
  });
  return probe;
}

} // namespace sandbox::native
