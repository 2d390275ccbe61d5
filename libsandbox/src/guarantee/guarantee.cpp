// SPDX-License-Identifier: Apache-2.0
#include "guarantee/guarantee.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sandbox {
namespace {

constexpr std::string_view all_names[] = {
    "user_namespace", "pid_namespace",    "mount_namespace", "network_namespace", "ipc_namespace",
    "uts_namespace",  "cgroup_namespace", "no_capabilities", "no_new_privs",      "seccomp",
    "disk_limit",     "memory_cgroup",    "swap_limit",      "process_cgroup",    "cpu_time_cgroup",
    "cpu_share",      "separate_uid",     "landlock"};

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

std::vector<std::string> guarantee_names() {
  return {std::begin(all_names), std::end(all_names)};
}

} // namespace sandbox

namespace sandbox::guarantee {

bool Demand::needs(std::string_view name) const {
  if (contains(accept_missing, name)) {
    return false;
  }
  const bool is_optional = std::find(optional.begin(), optional.end(), name) != optional.end();
  return !is_optional || contains(required, name);
}

void validate(const Demand& demand) {
  const std::vector<std::string> known = guarantee_names();
  for (const auto* names : {&demand.accept_missing, &demand.required}) {
    for (const std::string& name : *names) {
      if (!contains(known, name)) {
        throw Error(ErrorCode::invalid_argument, "guarantee",
                    fmt::format("\"{}\" is not known", name),
                    fmt::format("known: {}", fmt::join(known, ", ")));
      }
    }
  }
}

void require(const std::vector<Offer>& offers, const Demand& demand) {
  for (const Offer& offer : offers) {
    const std::string& name = offer.guarantee.name;
    if (!offer.guarantee.in_force && demand.needs(name)) {
      throw Error(ErrorCode::unsupported, fmt::format("guarantee {}", name), offer.guarantee.detail,
                  fmt::format("{}; or accept that {} is missing by name (accept_missing)",
                              offer.remedy, name));
    }
  }
}

void require(const std::vector<Guarantee>& in_force, const Demand& demand) {
  for (const Guarantee& guarantee : in_force) {
    if (!guarantee.in_force && contains(demand.required, guarantee.name)) {
      throw Error(ErrorCode::unsupported, fmt::format("guarantee {}", guarantee.name),
                  "cannot be given to this box");
    }
  }
}

Check to_check(const Offer& offer, const Demand& demand) {
  Check check{offer.guarantee.name, Check::Status::ok, offer.guarantee.detail, {}};
  if (!offer.guarantee.in_force) {
    check.status = demand.needs(check.name) ? Check::Status::missing : Check::Status::warning;
    check.remedy = offer.remedy;
  }
  return check;
}

} // namespace sandbox::guarantee
