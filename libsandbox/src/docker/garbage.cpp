// SPDX-License-Identifier: Apache-2.0
#include "docker/garbage.hpp"

#include "docker/init_volume.hpp"
#include "docker/names.hpp"
#include "docker/owner.hpp"
#include "docker/remover.hpp"

#include <sandbox/error.hpp>

#include <nlohmann/json.hpp>

namespace sandbox::docker {
namespace {

using nlohmann::json;

json list(const Engine& engine, const std::string& path, const char* label, const char* all) {
  Call call{Verb::get, path};
  call.query = {{"filters", json{{"label", {label}}}.dump()}};
  if (all != nullptr) {
    call.query.emplace_back("all", all);
  }
  return engine.expect(call, {200}).json();
}

/// Whatever is not of the expected shape is not ours.
std::map<std::string, std::string> labels_of(const json& container) {
  try {
    return container.at("Labels").get<std::map<std::string, std::string>>();
  } catch (const json::exception&) {
    return {};
  }
}

void collect_containers(const Engine& engine, bool dry_run, const std::function<bool()>& enough,
                        std::vector<Leftover>& found) {
  const Owner self = Owner::self();
  for (const json& each : list(engine, "/containers/json", owner_label, "1")) {
    if (enough && enough()) {
      return;
    }
    if (!is_abandoned(labels_of(each), self, std::chrono::system_clock::now())) {
      continue;
    }
    const std::string id = each.value("Id", "");
    validate_container_id(id);
    if (dry_run || remove_container(engine, id)) {
      found.push_back({"container", id});
    }
  }
}

void collect_volumes(const Engine& engine, bool dry_run, std::vector<Leftover>& found) {
  const json answer = list(engine, "/volumes", init_volume_label, nullptr);
  const auto volumes = answer.find("Volumes");
  if (volumes == answer.end() || !volumes->is_array()) {
    return; // null when there are none
  }
  for (const json& each : *volumes) {
    const std::string name = each.value("Name", "");
    if (name == init_volume_name() || !name.starts_with("libsandbox-init-")) {
      continue;
    }
    validate_volume(name);
    // Refused while a container uses it: another version may be at work.
    if (dry_run || engine.call({Verb::remove, "/volumes/" + name}).status == 204) {
      found.push_back({"volume", name});
    }
  }
}

} // namespace

std::vector<Leftover> remove_abandoned_containers(const Engine& engine, bool dry_run,
                                                  const std::function<bool()>& enough) try {
  std::vector<Leftover> found;
  collect_containers(engine, dry_run, enough, found);
  return found;
} catch (const json::exception&) {
  throw Error(ErrorCode::backend_lost, "list containers", "the engine's answer is not understood");
}

std::vector<Leftover> remove_garbage(const Engine& engine, bool dry_run) try {
  std::vector<Leftover> found = remove_abandoned_containers(engine, dry_run);
  collect_volumes(engine, dry_run, found);
  return found;
} catch (const json::exception&) {
  throw Error(ErrorCode::backend_lost, "list volumes", "the engine's answer is not understood");
}

} // namespace sandbox::docker
