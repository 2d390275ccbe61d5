// SPDX-License-Identifier: Apache-2.0
#include "host_commands.hpp"

#include "job.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sandbox::cli {
namespace {

std::string_view name(Check::Status status) {
  switch (status) {
  case Check::Status::ok:
    return "ok";
  case Check::Status::warning:
    return "warning";
  case Check::Status::missing:
    return "missing";
  }
  return "unknown";
}

nlohmann::ordered_json to_json(const Probe& probe) {
  nlohmann::ordered_json json{{"backend", probe.backend}, {"usable", probe.usable}};
  json["checks"] = nlohmann::ordered_json::array();
  for (const Check& check : probe.checks) {
    json["checks"].push_back({{"name", check.name},
                              {"status", name(check.status)},
                              {"detail", check.detail},
                              {"remedy", check.remedy}});
  }
  return json;
}

} // namespace

int doctor_command(bool json, const BackendOptions& backend) {
  const Probe probe = choose_backend(backend)->probe();
  if (json) {
    fmt::print("{}\n", to_json(probe).dump(2));
    return probe.usable ? 0 : 1;
  }
  fmt::print("{} backend: {}\n", probe.backend, probe.usable ? "usable" : "NOT usable");
  for (const Check& check : probe.checks) {
    fmt::print("  {:<8} {:<26} {}\n", name(check.status), check.name, check.detail);
    if (!check.remedy.empty()) {
      fmt::print("  {:<8} {:<26} remedy: {}\n", "", "", check.remedy);
    }
  }
  return probe.usable ? 0 : 1;
}

int gc_command(bool dry_run, const BackendOptions& backend) {
  const std::vector<Leftover> leftovers = choose_backend(backend)->collect_garbage(dry_run);
  for (const Leftover& leftover : leftovers) {
    fmt::print("{} {} {}\n", dry_run ? "would remove" : "removed", leftover.kind, leftover.name);
  }
  if (leftovers.empty()) {
    fmt::print("nothing left behind\n");
  }
  return 0;
}

} // namespace sandbox::cli
