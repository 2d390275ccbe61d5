// SPDX-License-Identifier: Apache-2.0
#include "docker/container_spec.hpp"
#include "docker/init_volume.hpp"
#include "docker/owner.hpp"
#include "unit/docker/expect_error.hpp"

#include <nlohmann/json.hpp>

using namespace sandbox;
using nlohmann::json;

namespace {

json spec(const Environment& environment, const DockerOptions& options = {}) {
  return json::parse(docker::container_spec(environment, options, "{}"));
}

json limits(const Limits& limits, bool limit_cores = true) {
  return json::parse(docker::container_limits(limits, limit_cores));
}

Environment environment() {
  Environment some;
  some.image = "debian:bookworm-slim";
  return some;
}

} // namespace

TEST_CASE("a container runs init out of the volume for as long as a box may live") {
  DockerOptions options;
  options.max_box_life = std::chrono::seconds{77};
  const json made = spec(environment(), options);
  CHECK(made["Image"] == "debian:bookworm-slim");
  CHECK(made["Entrypoint"] == json{docker::init_path});
  CHECK(made["Cmd"] == json({"container", "77"}));
  CHECK(made["StopSignal"] == "SIGKILL");
  CHECK(made["Labels"].contains(docker::owner_label));
  CHECK(made["Labels"].contains(docker::deadline_label));
  const json& mounts = made["HostConfig"]["Mounts"];
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0]["Type"] == "volume");
  CHECK(mounts[0]["Source"] == docker::init_volume_name());
  CHECK(mounts[0]["ReadOnly"] == true);
}

TEST_CASE("a container has what init needs and nothing else") {
  const json host = spec(environment())["HostConfig"];
  CHECK(host["CapDrop"] == json{"ALL"});
  CHECK(host["CapAdd"] == json({"SETUID", "SETGID", "KILL", "SETPCAP"}));
  CHECK(host["SecurityOpt"] == json({"no-new-privileges", "seccomp={}"}));
  CHECK(host["NetworkMode"] == "none");
  CHECK(host["IpcMode"] == "none");
  CHECK(host["ReadonlyRootfs"] == true);
  CHECK(host["Privileged"] == false);
  CHECK(host["AutoRemove"] == true);
  CHECK(host["LogConfig"]["Type"] == "none");
  for (const char* key : {"Binds", "Devices", "DeviceRequests", "VolumesFrom", "PidMode", "UTSMode",
                          "UsernsMode", "Sysctls", "GroupAdd", "Runtime", "OomKillDisable"}) {
    INFO(key);
    CHECK_FALSE(host.contains(key));
  }
}

TEST_CASE("the runtime of a container is the one that was asked for") {
  DockerOptions options;
  options.runtime = "runsc";
  CHECK(spec(environment(), options)["HostConfig"]["Runtime"] == "runsc");
}

TEST_CASE("file systems of a container that can be written to are bounded") {
  Environment small = environment();
  small.disk_bytes = 5 * MiB;
  small.disk_inodes = 17;
  const json mounts = spec(small)["HostConfig"]["Tmpfs"];
  CHECK(mounts.size() == 3);
  for (const auto& [path, options] : mounts.items()) {
    INFO(path << ": " << options);
    for (const char* part : {"nosuid", "nodev", "size=", "nr_inodes="}) {
      CHECK_THAT(options.get<std::string>(), Catch::Contains(part));
    }
  }
  CHECK_THAT(mounts["/box"].get<std::string>(),
             Catch::Contains("size=5242880,nr_inodes=17,mode=0755,uid=1000,gid=1000"));
}

TEST_CASE("podman is not asked for what it does not know") {
  const json host = json::parse(
      docker::container_spec(environment(), {}, "{}", docker::Flavour::podman))["HostConfig"];
  CHECK(host["SecurityOpt"] == json::array({"no-new-privileges"}));
  for (const auto& [path, options] : host["Tmpfs"].items()) {
    INFO(path);
    CHECK_THAT(options.get<std::string>(), Catch::Contains("size="));
    CHECK_THAT(options.get<std::string>(), !Catch::Contains("nr_inodes"));
  }
}

TEST_CASE("limits of a container are the first stage's, with room for init") {
  Environment small = environment();
  small.expected_limits.memory_bytes = 64 * MiB;
  small.expected_limits.processes = 10;
  small.expected_limits.cores = 0.5;
  const json host = spec(small)["HostConfig"];
  CHECK(host["Memory"] == 66 * MiB);
  CHECK(host["MemorySwap"] == 66 * MiB);
  CHECK(host["PidsLimit"] == 11);
  CHECK(host["CpuPeriod"] == 100'000);
  CHECK(host["CpuQuota"] == 50'000);
}

TEST_CASE("limits that are lifted are told to the engine as it understands them") {
  Limits lifted;
  lifted.memory_bytes = unlimited;
  lifted.processes = unlimited;
  const json all = limits(lifted);
  CHECK(all["Memory"] == std::uint64_t{1} << 60);
  CHECK(all["MemorySwap"] == all["Memory"]);
  CHECK(all["PidsLimit"] == -1);
  CHECK(limits({}, false)["CpuQuota"] == -1);
}

TEST_CASE("a share of cores is never less than the kernel takes") {
  Limits slow;
  slow.cores = 0.0001;
  CHECK(limits(slow)["CpuQuota"] == 1000);
  slow.cores = 1024;
  CHECK(limits(slow)["CpuQuota"] == 102'400'000);
}

TEST_CASE("a memory limit that no engine takes is refused before it is asked") {
  Limits tiny;
  tiny.memory_bytes = 4 * MiB;
  CHECK(limits(tiny)["Memory"] == 6 * MiB);
  tiny.memory_bytes -= 1;
  docker::test::expect_error(ErrorCode::unsupported, "less than a container engine can enforce",
                             [&] { docker::container_limits(tiny); });
}
