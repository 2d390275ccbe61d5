// SPDX-License-Identifier: Apache-2.0
#include "soak/host.hpp"

#include "docker/engine.hpp"
#include "docker/owner.hpp"
#include "soak/holdings.hpp"

#include <sandbox/docker.hpp>
#include <sandbox/native.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <filesystem>
#include <stdexcept>

namespace soak {
namespace {

namespace fs = std::filesystem;
using sandbox::docker::Engine;

std::vector<std::string> own_containers() {
  const Engine engine(sandbox::docker::engine_address({}));
  const std::string label =
      std::string(sandbox::docker::owner_label) + "=" + sandbox::docker::Owner::self().text();
  sandbox::docker::Call call{sandbox::docker::Verb::get, "/containers/json"};
  call.query = {{"all", "1"}, {"filters", nlohmann::json{{"label", {label}}}.dump()}};
  std::vector<std::string> ids;
  for (const auto& each : engine.expect(call, {200}).json()) {
    ids.push_back("container " + each.at("Id").get<std::string>());
  }
  return ids;
}

} // namespace

Host::Host(std::string backend)
    : backend_(std::move(backend)), cgroup_parent_(fmt::format("/libsandbox-soak-{}", ::getpid())) {
  if (backend_ != "native" && backend_ != "docker") {
    throw std::invalid_argument("unknown backend " + backend_);
  }
}

Host::~Host() {
  for (const std::string& group : parent_groups(cgroup_parent_)) {
    ::rmdir(group.c_str());
  }
}

std::unique_ptr<sandbox::Backend> Host::make_backend() const {
  if (backend_ == "docker") {
    return sandbox::make_docker_backend();
  }
  sandbox::NativeOptions options;
  options.cgroup_parent = cgroup_parent_;
  options.max_idle_slots = idle_slots;
  return sandbox::make_native_backend(options);
}

std::vector<std::string> Host::left() const {
  std::vector<std::string> all;
  for (const std::string& parent : parent_groups(cgroup_parent_)) {
    for (const auto& entry : fs::recursive_directory_iterator(parent)) {
      if (entry.is_directory()) {
        all.push_back("control group " + entry.path().string());
      }
    }
  }
  if (backend_ == "docker") {
    for (std::string& each : own_containers()) {
      all.push_back(std::move(each));
    }
  }
  if (const std::size_t processes = holdings(cgroup_parent_).processes; processes != 0) {
    all.push_back(fmt::format("{} processes", processes));
  }
  return all;
}

} // namespace soak
