// SPDX-License-Identifier: Apache-2.0
#include "engine/support.hpp"

#include "common/backend.hpp"
#include "docker/owner.hpp"

#include <sandbox/docker.hpp>

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

namespace engine_test {

using namespace sandbox;
using nlohmann::json;

namespace {

std::vector<std::string> names_of(const json& list, const char* key) {
  std::vector<std::string> names;
  for (const json& each : list) {
    names.push_back(each.at(key).get<std::string>());
  }
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace

const docker::Engine& engine() {
  static const docker::Engine engine(docker::engine_address({}));
  return engine;
}

json get(const std::string& path, std::vector<std::pair<std::string, std::string>> query) {
  docker::Call call{docker::Verb::get, path};
  call.query = std::move(query);
  return engine().expect(call, {200}).json();
}

std::vector<std::string> containers_with(const std::string& label) {
  return names_of(
      get("/containers/json", {{"all", "1"}, {"filters", json{{"label", {label}}}.dump()}}), "Id");
}

std::vector<std::string> own_containers() {
  return containers_with(std::string(docker::owner_label) + "=" + docker::Owner::self().text());
}

std::vector<std::string> volumes() {
  const json answer = get("/volumes");
  return answer["Volumes"].is_array() ? names_of(answer["Volumes"], "Name")
                                      : std::vector<std::string>{};
}

std::vector<std::string> networks() {
  return names_of(get("/networks"), "Id");
}

Container::Container(const json& labels, json host_config) {
  docker::Call call{docker::Verb::post, "/containers/create"};
  json spec{{"Image", common::image()}, {"Cmd", {"true"}}, {"Labels", labels}};
  if (!host_config.is_null()) {
    spec["HostConfig"] = std::move(host_config);
  }
  call.body = spec.dump();
  id_ = engine().expect(call, {201}).json().at("Id");
}

Container::~Container() {
  docker::Call call{docker::Verb::remove, "/containers/" + id_};
  call.query = {{"force", "1"}};
  try {
    engine().call(call);
  } catch (const Error&) {
    WARN("container " << id_ << " may be left");
  }
}

bool Container::exists() const {
  return engine().call({docker::Verb::get, "/containers/" + id_ + "/json"}).status == 200;
}

std::unique_ptr<Backend> make_backend(const std::string& host) {
  DockerOptions options;
  options.host = host;
  return make_docker_backend(options);
}

bool wait_until(const std::function<bool()>& condition, std::chrono::seconds at_most) {
  const auto end = Clock::now() + at_most;
  while (!condition()) {
    if (Clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return true;
}

int engine_process() {
  if (engine().address().kind != docker::EngineAddress::Kind::unix_socket) {
    return 0;
  }
  const docker::Connection connection =
      docker::connect(engine().address(), Clock::now() + std::chrono::seconds{5});
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(connection.descriptor(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
             ? peer.pid
             : 0;
}

std::size_t count_threads() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                    std::filesystem::directory_iterator()));
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace engine_test
