// SPDX-License-Identifier: Apache-2.0
#include "docker/probe.hpp"

#include "docker/engine.hpp"
#include "docker/offers.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace sandbox::docker {
namespace {

using nlohmann::json;
using Status = Check::Status;

bool has_security_option(const json& info, const std::string& name) {
  const auto options = info.find("SecurityOptions");
  return options != info.end() && options->is_array() &&
         std::any_of(options->begin(), options->end(), [&](const json& each) {
           return each.is_string() && each.get<std::string>().starts_with("name=" + name);
         });
}

bool is_on(const json& info, const char* key) {
  const auto value = info.find(key);
  return value != info.end() && value->is_boolean() && value->get<bool>();
}

std::string text(const json& info, const char* key) {
  const auto value = info.find(key);
  return value != info.end() && value->is_string() ? value->get<std::string>() : "?";
}

Check limit(const json& info, const guarantee::Demand& demand, std::string_view guarantee,
            const char* key, const std::string& remedy) {
  const bool on = is_on(info, key);
  return guarantee::to_check(
      {{std::string(guarantee), on,
        fmt::format("the engine {} it ({})", on ? "enforces" : "does not enforce", key)},
       on ? "" : remedy},
      demand);
}

void add_confinement(std::vector<Check>& checks, const json& info,
                     const guarantee::Demand& demand) {
  const bool seccomp = has_security_option(info, "seccomp");
  checks.push_back({"seccomp", seccomp ? Status::ok : Status::warning,
                    seccomp ? "the engine loads profiles" : "the engine loads no profiles",
                    seccomp ? ""
                            : "boxes have init's own filter all the same; a second one needs an "
                              "engine built with seccomp"});
  const bool rootless = has_security_option(info, "rootless");
  const bool remapped = has_security_option(info, "userns");
  checks.push_back(guarantee::to_check(
      {{std::string(guarantee::user_namespace), rootless || remapped,
        rootless   ? "rootless engine"
        : remapped ? "userns-remap"
                   : "containers share the host's ids"},
       rootless || remapped ? "" : "use a rootless engine, or one with userns-remap"},
      demand));
}

void add_limits(std::vector<Check>& checks, const json& info, const guarantee::Demand& demand) {
  const std::string remedy =
      "use an engine as root, or a rootless one with cgroup v2 and delegated "
      "controllers";
  checks.push_back(limit(info, demand, guarantee::memory_cgroup, "MemoryLimit", remedy));
  checks.push_back(limit(info, demand, guarantee::swap_limit, "SwapLimit",
                         "boot with swapaccount=1 (cgroup v1)"));
  checks.push_back(limit(info, demand, guarantee::process_cgroup, "PidsLimit", remedy));
  checks.push_back(limit(info, demand, guarantee::cpu_share, "CpuCfsQuota", remedy));
}

void add_runtime(std::vector<Check>& checks, const json& info, const std::string& wanted) {
  if (wanted.empty()) {
    return;
  }
  const auto runtimes = info.find("Runtimes");
  const bool known = runtimes != info.end() && runtimes->contains(wanted);
  checks.push_back(
      {"runtime", known ? Status::ok : Status::missing,
       fmt::format("{} is {}", wanted, known ? "known to the engine" : "not known to the engine"),
       known ? "" : "add it to the engine's daemon.json"});
}

void add_checks(std::vector<Check>& checks, const Engine& engine, const DockerOptions& options) {
  const std::string api = engine.api_version();
  checks.push_back({"engine",
                    Status::ok,
                    fmt::format("{} speaks API {}", to_string(engine.address()), api),
                    {}});
  const json info = engine.expect({Verb::get, "/info"}, {200}).json();
  checks.push_back({"version",
                    Status::ok,
                    fmt::format("{} on {}, storage {}", text(info, "ServerVersion"),
                                text(info, "KernelVersion"), text(info, "Driver")),
                    {}});
  checks.push_back({"cgroup_version", Status::ok, text(info, "CgroupVersion"), {}});
  add_confinement(checks, info, demand(options));
  add_limits(checks, info, demand(options));
  add_runtime(checks, info, options.runtime);
}

} // namespace

Probe probe_engine(const DockerOptions& options) {
  Probe probe;
  probe.backend = "docker";
  try {
    add_checks(probe.checks, Engine(engine_address(options.host)), options);
  } catch (const Error& error) {
    probe.checks.push_back({"engine", Status::missing, error.what(), error.remedy()});
  } catch (const json::exception&) {
    probe.checks.push_back({"engine", Status::missing, "its answer is not understood",
                            "is DOCKER_HOST the address of an engine?"});
  }
  probe.usable = std::none_of(probe.checks.begin(), probe.checks.end(),
                              [](const Check& check) { return check.status == Status::missing; });
  return probe;
}

} // namespace sandbox::docker
