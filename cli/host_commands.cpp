// SPDX-License-Identifier: Apache-2.0
#include "host_commands.hpp"

#include "backend_choice.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

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

nlohmann::ordered_json to_json(const std::vector<Probe>& probes, bool usable) {
  if (probes.size() == 1) {
    return to_json(probes.front());
  }
  nlohmann::ordered_json json{{"usable", usable}};
  json["backends"] = nlohmann::ordered_json::array();
  for (const Probe& probe : probes) {
    json["backends"].push_back(to_json(probe));
  }
  return json;
}

void print(const Probe& probe) {
  fmt::print("{} backend: {}\n", probe.backend, probe.usable ? "usable" : "NOT usable");
  for (const Check& check : probe.checks) {
    fmt::print("  {:<8} {:<26} {}\n", name(check.status), check.name, check.detail);
    if (!check.remedy.empty()) {
      fmt::print("  {:<8} {:<26} remedy: {}\n", "", "", check.remedy);
    }
  }
}

std::vector<Probe> probes(const BackendOptions& options) {
  const std::vector<BackendKind> kinds = wanted_backends(options);
  std::vector<Probe> found;
  for (const BackendKind kind : kinds) {
    try {
      found.push_back(make_backend(kind, options)->probe());
    } catch (const Error& error) {
      if (kind != BackendKind::docker || kinds.size() == 1) {
        throw;
      }
      // An address in the environment that cannot be meant says nothing of the other backend.
      found.push_back(
          {"docker", false, {{"engine", Check::Status::missing, error.what(), error.remedy()}}});
    }
  }
  return found;
}

} // namespace

int doctor_command(bool json, const BackendOptions& backend) {
  const std::vector<Probe> found = probes(backend);
  const bool usable =
      std::any_of(found.begin(), found.end(), [](const Probe& probe) { return probe.usable; });
  if (json) {
    fmt::print("{}\n", to_json(found, usable).dump(2));
  } else {
    std::for_each(found.begin(), found.end(), print);
  }
  return usable ? 0 : 1;
}

int gc_command(bool dry_run, const BackendOptions& backend) {
  bool nothing = true;
  for (const BackendKind kind : wanted_backends(backend)) {
    if (kind == BackendKind::docker && !engine_answers(backend)) {
      continue;
    }
    for (const Leftover& each : make_backend(kind, backend)->collect_garbage(dry_run)) {
      fmt::print("{} {} {}\n", dry_run ? "would remove" : "removed", each.kind, each.name);
      nothing = false;
    }
  }
  if (nothing) {
    fmt::print("nothing left behind\n");
  }
  return 0;
}

} // namespace sandbox::cli
