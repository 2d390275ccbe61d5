// SPDX-License-Identifier: Apache-2.0
#include "engine_contenders.hpp"

#include "contenders.hpp"
#include "docker/container_spec.hpp"
#include "seccomp/profile.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <exception>
#include <initializer_list>
#include <memory>
#include <utility>

namespace benchmark {
namespace {

namespace docker = sandbox::docker;
using docker::Call;
using docker::Engine;
using docker::Verb;
using nlohmann::json;

/// Removes it also when a measurement fails.
class BareContainer {
 public:
  BareContainer(const Engine& engine, const std::string& spec) : engine_(engine) {
    Call call{Verb::post, "/containers/create"};
    call.body = spec;
    id_ = engine.expect(call, {201}).json().at("Id").get<std::string>();
    path_ = "/containers/" + id_;
  }
  BareContainer(const BareContainer&) = delete;
  BareContainer& operator=(const BareContainer&) = delete;
  ~BareContainer() {
    try {
      remove();
    } catch (const std::exception&) {
      // It is the measurement that failed.
    }
  }

  const std::string& id() const { return id_; }
  void start() const { engine_.expect({Verb::post, path_ + "/start"}, {204}); }
  void wait() const { engine_.expect({Verb::post, path_ + "/wait"}, {200}); }
  void remove() {
    if (!path_.empty()) {
      Call call{Verb::remove, std::exchange(path_, {})};
      call.query = {{"force", "1"}, {"v", "1"}};
      engine_.expect(call, {204});
    }
  }

 private:
  const Engine& engine_;
  std::string id_;
  std::string path_;
};

void run_and_remove(const Engine& engine, const std::string& spec) {
  BareContainer container(engine, spec);
  container.start();
  container.wait();
  container.remove();
}

/// What the backend asks for, for a program that ends at once.
json backend_spec(const std::string& image) {
  sandbox::Environment environment;
  environment.image = image;
  json spec =
      json::parse(docker::container_spec(environment, {}, sandbox::seccomp::docker_profile({})));
  spec["HostConfig"]["AutoRemove"] = false;
  return spec;
}

/// The plain container with some of the backend's settings.
json with(const std::string& image, std::initializer_list<const char*> settings) {
  const json ours = backend_spec(image);
  json spec = plain_spec(image);
  for (const char* name : settings) {
    if (ours.contains(name)) {
      spec[name] = ours.at(name);
    } else {
      spec["HostConfig"][name] = ours.at("HostConfig").at(name);
    }
  }
  return spec;
}

} // namespace

json plain_spec(const std::string& image) {
  return {{"Image", image}, {"Cmd", {"/bin/true"}}, {"HostConfig", {{"NetworkMode", "none"}}}};
}

json unconnected_spec(const std::string& image) {
  return with(image, {"NetworkDisabled"});
}

json hardened_spec(const std::string& image) {
  json spec = backend_spec(image);
  for (const char* ours :
       {"Entrypoint", "AttachStdin", "AttachStdout", "AttachStderr", "OpenStdin", "StdinOnce"}) {
    spec.erase(ours);
  }
  spec["Cmd"] = {"/bin/true"};
  spec["HostConfig"].erase("Mounts");
  return spec;
}

Contender bare_container(const Engine& engine, std::string name, const json& spec) {
  return {std::move(name), timed([&engine, spec = spec.dump()] { run_and_remove(engine, spec); })};
}

std::vector<Contender> bare_phases(const Engine& engine, const json& spec) {
  const auto container = std::make_shared<std::unique_ptr<BareContainer>>();
  return {{"create", timed([&engine, container, spec = spec.dump()] {
             *container = std::make_unique<BareContainer>(engine, spec);
           })},
          {"start", timed([container] { (*container)->start(); })},
          {"wait", timed([container] { (*container)->wait(); })},
          {"remove", timed([container] { (*container)->remove(); })}};
}

std::vector<Contender> spec_parts(const Engine& engine, const std::string& image) {
  const std::vector<std::pair<const char*, json>> parts{
      {"plain", plain_spec(image)},
      {"+ limits", with(image, {"Memory", "MemorySwap", "PidsLimit", "CpuPeriod", "CpuQuota"})},
      {"+ no network set up at all", with(image, {"NetworkDisabled"})},
      {"+ IPC namespace without a mount", with(image, {"IpcMode"})},
      {"+ cgroup namespace", with(image, {"CgroupnsMode"})},
      {"+ read-only root", with(image, {"ReadonlyRootfs"})},
      {"+ capabilities", with(image, {"CapDrop", "CapAdd"})},
      {"+ seccomp profile, no-new-privileges", with(image, {"SecurityOpt"})},
      {"+ three sized tmpfs", with(image, {"Tmpfs", "IpcMode"})},
      {"+ init's volume", with(image, {"Mounts"})},
      {"+ no log", with(image, {"LogConfig"})},
      {"+ masked and read-only paths", with(image, {"MaskedPaths", "ReadonlyPaths"})},
      {"+ streams to be attached",
       with(image, {"AttachStdin", "AttachStdout", "AttachStderr", "OpenStdin", "StdinOnce"})},
      {"all but init's volume and streams", hardened_spec(image)}};
  std::vector<Contender> all;
  for (const auto& [name, spec] : parts) {
    all.push_back(bare_container(engine, name, spec));
  }
  return all;
}

std::vector<Contender> docker_commands(const Engine& engine, const docker::EngineAddress& address,
                                       const std::string& image) {
  for (const std::string program : {"/usr/bin/docker", "/usr/local/bin/docker"}) {
    if (::access(program.c_str(), X_OK) == 0) {
      json sleeper = plain_spec(image);
      sleeper["Cmd"] = {"sleep", "infinity"};
      const auto container = std::make_shared<BareContainer>(engine, sleeper.dump());
      container->start();
      return {spawn("docker run --rm", {program, "--host", to_string(address), "run", "--rm",
                                        "--network", "none", image, "/bin/true"}),
              {"docker exec",
               timed([container, argv = std::vector<std::string>{
                                     program, "--host", to_string(address), "exec", container->id(),
                                     "/bin/true"}] { spawn_and_wait(argv); })}};
    }
  }
  return {};
}

} // namespace benchmark
