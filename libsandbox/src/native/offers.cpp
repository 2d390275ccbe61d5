// SPDX-License-Identifier: Apache-2.0
#include "native/offers.hpp"

namespace sandbox::native {
namespace {

struct Named {
  std::string_view name;
  std::string_view detail;
};

constexpr Named unconditional[] = {
    {"user_namespace", "no capability outside the box"},
    {"pid_namespace", "new for each box"},
    {"mount_namespace", "new for each box, pivoted, read-only root"},
    {"network_namespace", "no interface but loopback"},
    {"ipc_namespace", "new for each box"},
    {"uts_namespace", "constant host name"},
    {"cgroup_namespace", "group names of the host hidden"},
    {"no_capabilities", "all sets empty, bounding set too"},
    {"no_new_privs", "PR_SET_NO_NEW_PRIVS"},
    {"seccomp", "allow-list, native architecture only"},
    {"disk_limit", "sized tmpfs, bytes and inodes"},
};

} // namespace

std::vector<Offer> unconditional_offers() {
  std::vector<Offer> offers;
  for (const Named& each : unconditional) {
    offers.push_back({{std::string(each.name), true, std::string(each.detail)}, {}});
  }
  return offers;
}

guarantee::Demand demand(const NativeOptions& options) {
  return {options.accept_missing, options.require, {guarantee::landlock}};
}

} // namespace sandbox::native
