// SPDX-License-Identifier: Apache-2.0
#include "native/guarantees.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace sandbox {
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

constexpr std::string_view conditional[] = {
    native::memory_cgroup, native::swap_limit,   native::process_cgroup, native::cpu_time_cgroup,
    native::cpu_share,     native::separate_uid, native::landlock};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

std::vector<std::string> guarantee_names() {
  std::vector<std::string> names;
  for (const Named& each : unconditional) {
    names.emplace_back(each.name);
  }
  names.insert(names.end(), std::begin(conditional), std::end(conditional));
  return names;
}

} // namespace sandbox

namespace sandbox::native {

std::vector<Offer> unconditional_offers() {
  std::vector<Offer> offers;
  for (const Named& each : unconditional) {
    offers.push_back({{std::string(each.name), true, std::string(each.detail)}, {}});
  }
  return offers;
}

void validate_names(const NativeOptions& options) {
  const std::vector<std::string> known = guarantee_names();
  for (const auto* names : {&options.accept_missing, &options.require}) {
    for (const std::string& name : *names) {
      if (!contains(known, name)) {
        throw Error(ErrorCode::invalid_argument, "guarantee",
                    fmt::format("\"{}\" is not known", name),
                    fmt::format("known: {}", fmt::join(known, ", ")));
      }
    }
  }
}

void require(const std::vector<Offer>& offers, const NativeOptions& options) {
  for (const Offer& offer : offers) {
    const std::string& name = offer.guarantee.name;
    if (offer.guarantee.in_force || contains(options.accept_missing, name)) {
      continue;
    }
    if (name == landlock && !contains(options.require, name)) {
      continue;
    }
    throw Error(ErrorCode::unsupported, fmt::format("guarantee {}", name), offer.guarantee.detail,
                fmt::format("{}; or accept that {} is missing by name (accept_missing)",
                            offer.remedy, name));
  }
}

void require(const std::vector<Guarantee>& in_force, const NativeOptions& options) {
  for (const Guarantee& guarantee : in_force) {
    if (!guarantee.in_force && contains(options.require, guarantee.name)) {
      throw Error(ErrorCode::unsupported, fmt::format("guarantee {}", guarantee.name),
                  "cannot be given to this box");
    }
  }
}

} // namespace sandbox::native
