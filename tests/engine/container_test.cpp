// SPDX-License-Identifier: Apache-2.0
//
// A box as the engine has made it, not as it was asked to.
#include "common/backend.hpp"
#include "docker/container_spec.hpp"
#include "docker/init_volume.hpp"
#include "docker/owner.hpp"
#include "engine/support.hpp"
#include "seccomp/profile.hpp"

#include <catch2/catch.hpp>

using namespace sandbox;
using nlohmann::json;

namespace {

json inspect(const Environment& environment) {
  Environment with_image = environment;
  with_image.image = common::image();
  REQUIRE(engine_test::wait_until([] { return engine_test::own_containers().empty(); }));
  const auto session = contract::backend().open(with_image);
  const std::vector<std::string> boxes = engine_test::own_containers();
  REQUIRE(boxes.size() == 1);
  return engine_test::get("/containers/" + boxes.front() + "/json");
}

bool is_empty(const json& object, const char* key) {
  return !object.contains(key) || object[key].empty() || object[key] == "" || object[key] == 0;
}

} // namespace

TEST_CASE("an open box is confined as the table says") {
  Environment environment;
  environment.disk_bytes = 8 * MiB;
  environment.disk_inodes = 99;
  environment.expected_limits.memory_bytes = 64 * MiB;
  environment.expected_limits.processes = 40;
  environment.expected_limits.cores = 0.5;
  const json box = inspect(environment);
  const json& host = box["HostConfig"];
  const std::string profile = seccomp::docker_profile({.loopback = false, .shared_uid = false});
  const json expected{
      {"CapDrop", {"ALL"}},
      {"CapAdd", {"SETUID", "SETGID", "KILL", "SETPCAP"}},
      {"SecurityOpt", {"no-new-privileges", "seccomp=" + profile}},
      {"Privileged", false},
      {"ReadonlyRootfs", true},
      {"PidsLimit", 41},
      {"Memory", 66 * MiB},
      {"MemorySwap", 66 * MiB},
      {"CpuPeriod", 100'000},
      {"CpuQuota", 50'000},
      {"OomScoreAdj", 500},
      {"IpcMode", "none"},
      {"PidMode", ""},
      {"UTSMode", ""},
      {"UsernsMode", ""},
      {"CgroupnsMode", "private"},
      {"NetworkMode", "none"},
      {"PublishAllPorts", false},
      {"AutoRemove", true},
  };
  for (const auto& [key, value] : expected.items()) {
    INFO(key);
    // An engine may put CAP_ in front, and in its own order.
    if (key == "CapAdd") {
      std::vector<std::string> found = host[key];
      for (std::string& name : found) {
        name = name.starts_with("CAP_") ? name.substr(4) : name;
      }
      CHECK_THAT(found, Catch::UnorderedEquals(value.get<std::vector<std::string>>()));
      continue;
    }
    CHECK(host[key] == value);
  }
  for (const char* key :
       {"Binds", "Devices", "DeviceRequests", "DeviceCgroupRules", "VolumesFrom", "Links",
        "ExtraHosts", "PortBindings", "GroupAdd", "Dns", "ContainerIDFile", "VolumeDriver"}) {
    INFO(key);
    CHECK(is_empty(host, key));
  }
  CHECK(host["OomKillDisable"] != true);
  CHECK(host["LogConfig"]["Type"] == "none");
  CHECK(host["RestartPolicy"]["Name"] == "no");
  const json core{{"Name", "core"}, {"Soft", 1}, {"Hard", 1}};
  CHECK(host["Ulimits"] == json::array({core}));
}

TEST_CASE("a box for few processes has room for the engine's runtime until its first stage") {
  Environment environment;
  environment.image = common::image();
  environment.expected_limits.processes = 2;
  REQUIRE(engine_test::wait_until([] { return engine_test::own_containers().empty(); }));
  const auto session = contract::backend().open(environment);
  const std::vector<std::string> boxes = engine_test::own_containers();
  REQUIRE(boxes.size() == 1);
  const auto limit = [&]() -> std::int64_t {
    return engine_test::get("/containers/" + boxes.front() + "/json")["HostConfig"]["PidsLimit"];
  };
  CHECK(limit() == 33);
  Command command;
  command.argv = {"/bin/sh", "-c", "true"};
  command.limits = environment.expected_limits;
  CapturedOutput output(1 * KiB);
  CHECK(session->run(command, output).verdict == Verdict::ok);
  CHECK(limit() == 3);
}

TEST_CASE("an open box has init read-only and file systems of known size, and nothing else") {
  Environment environment;
  environment.disk_bytes = 8 * MiB;
  environment.disk_inodes = 99;
  const json box = inspect(environment);
  REQUIRE(box["Mounts"].size() == 1);
  const json& mount = box["Mounts"][0];
  CHECK(mount["Type"] == "volume");
  CHECK(mount["Name"] == docker::init_volume_name());
  CHECK(mount["Destination"] == docker::init_directory);
  CHECK(mount["RW"] == false);
  const json& sized = box["HostConfig"]["Tmpfs"];
  CHECK(sized.size() == 3);
  CHECK_THAT(sized["/box"].get<std::string>(),
             Catch::Contains("nosuid,nodev,size=8388608,nr_inodes=99,"));
  for (const char* path : {"/tmp", "/dev/shm"}) {
    CHECK_THAT(sized[path].get<std::string>(),
               Catch::Contains("nosuid,nodev,size=67108864,nr_inodes=4096,"));
  }
}

TEST_CASE("an open box hides what the kernel tells of the host") {
  const json box = inspect({});
  const std::vector<std::string> masked = box["HostConfig"]["MaskedPaths"];
  for (const char* path :
       {"/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/interrupts",
        "/sys/firmware", "/sys/kernel", "/sys/block", "/sys/devices", "/sys/module"}) {
    CHECK_THAT(masked, Catch::VectorContains(std::string(path)));
  }
  const std::vector<std::string> read_only = box["HostConfig"]["ReadonlyPaths"];
  for (const char* path : {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus"}) {
    CHECK_THAT(read_only, Catch::VectorContains(std::string(path)));
  }
}

TEST_CASE("an open box says whose it is and until when") {
  const json box = inspect({});
  const json& labels = box["Config"]["Labels"];
  CHECK(labels[docker::owner_label] == docker::Owner::self().text());
  const auto left = std::stoll(labels[docker::deadline_label].get<std::string>()) -
                    std::chrono::duration_cast<std::chrono::seconds>(
                        std::chrono::system_clock::now().time_since_epoch())
                        .count();
  CHECK(left > 3500);
  CHECK(left <= 3600);
}

TEST_CASE("an open box runs init, whatever the image would run, with a name of its own") {
  const json config = inspect({})["Config"];
  CHECK(config["Entrypoint"] == json{docker::init_path});
  CHECK(config["Cmd"] == json({"container", "3600"}));
  CHECK(config["User"] == "0:0");
  CHECK(config["Hostname"] == "sandbox");
  CHECK(config["Tty"] == false);
  CHECK(config["StdinOnce"] == true);
  CHECK(config["Healthcheck"]["Test"] == json{"NONE"});
}

TEST_CASE("a box with loopback has the profile for it, and no other network") {
  Environment environment;
  environment.network = Network::loopback;
  const json host = inspect(environment)["HostConfig"];
  CHECK(host["NetworkMode"] == "none");
  CHECK(host["SecurityOpt"][1] ==
        "seccomp=" + seccomp::docker_profile({.loopback = true, .shared_uid = false}));
}
