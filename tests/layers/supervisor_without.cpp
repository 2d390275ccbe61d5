// SPDX-License-Identifier: Apache-2.0
//
// The supervisor's side of init_without.cpp: hands the names of the layers on to init, and leaves
// out what the supervisor itself holds up.
#include "docker/container_spec.hpp"

#include <nlohmann/json.hpp>

#include <spawn.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

// The name of container_spec() as the linker knows it; CMakeLists.txt has it too.
#define CONTAINER_SPEC                                                                             \
  "_ZN7sandbox6docker14container_specERKNS_11EnvironmentERKNS_13DockerOptionsERKNSt7__"            \
  "cxx1112basic_stringIcSt11char_traitsIcESaIcEEENS0_7FlavourE"

namespace {

constexpr const char* variable = "SANDBOX_TEST_WITHOUT";

std::string left_out() {
  const char* layer = std::getenv(variable);
  return layer != nullptr ? layer : "";
}

std::set<std::string> layers() {
  std::set<std::string> all;
  std::istringstream names(left_out());
  for (std::string name; std::getline(names, name, ',');) {
    all.insert(name);
  }
  return all;
}

bool without(const std::string& layer) {
  return layers().contains(layer);
}

std::string name_of(int file) {
  char path[512];
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const long size = ::readlink(link.c_str(), path, sizeof path);
  const std::string_view all(path, size > 0 ? static_cast<std::size_t>(size) : 0);
  return std::string(all.substr(all.rfind('/') + 1));
}

bool holds_group_limit(const std::string& file) {
  return (without("memory_group") &&
          (file == "memory.limit_in_bytes" || file == "memory.memsw.limit_in_bytes" ||
           file == "memory.max")) ||
         (without("process_group") && file == "pids.max") ||
         (without("cpu_group") && (file == "cpu.cfs_quota_us" || file == "cpu.max"));
}

void replace_in_mounts(nlohmann::json& mounts, std::string_view key) {
  for (auto& [path, options] : mounts.items()) {
    std::string text = options;
    const std::size_t from = text.find(key);
    if (from != std::string::npos) {
      text.erase(from, text.find(',', from) + 1 - from);
    }
    options = text;
  }
}

/// What a layer's absence is in the request that makes a container: RFC 7396, null takes away.
nlohmann::json patch_of(const std::string& layer) {
  static const nlohmann::json patches = nlohmann::json::parse(R"({
    "engine_seccomp": {"HostConfig": {"SecurityOpt": ["no-new-privileges", "seccomp=unconfined"]}},
    "engine_capabilities": {"HostConfig": {"CapDrop": null}},
    "engine_read_only_root": {"HostConfig": {"ReadonlyRootfs": false}},
    "engine_memory": {"HostConfig": {"Memory": 0, "MemorySwap": 0}},
    "engine_processes": {"HostConfig": {"PidsLimit": -1}},
    "engine_cpu": {"HostConfig": {"CpuQuota": -1}},
    "engine_network": {"HostConfig": {"NetworkMode": "host"}, "NetworkDisabled": false,
                       "Hostname": null},
    "engine_ipc": {"HostConfig": {"IpcMode": "host"}},
    "engine_pid": {"HostConfig": {"PidMode": "host"}},
    "engine_uts": {"HostConfig": {"UTSMode": "host"}, "Hostname": null},
    "engine_cgroup_namespace": {"HostConfig": {"CgroupnsMode": "host"}},
    "engine_masked_paths": {"HostConfig": {"MaskedPaths": []}},
    "engine_read_only_paths": {"HostConfig": {"ReadonlyPaths": []}},
    "engine_core": {"HostConfig": {"Ulimits": null}},
    "engine_oom_score": {"HostConfig": {"OomScoreAdj": 0}},
    "engine_log": {"HostConfig": {"LogConfig": null}}
  })");
  return patches.value(layer, nlohmann::json::object());
}

void leave_out(nlohmann::json& spec) {
  nlohmann::json& host = spec["HostConfig"];
  if (without("engine_no_new_privileges")) {
    host["SecurityOpt"].erase(0);
  }
  if (without("engine_disk_size")) {
    replace_in_mounts(host["Tmpfs"], "size=");
  }
  if (without("engine_disk_inodes")) {
    replace_in_mounts(host["Tmpfs"], "nr_inodes=");
  }
  if (without("engine_init_read_only")) {
    host["Mounts"][0]["ReadOnly"] = false;
  }
  for (const std::string& layer : layers()) {
    spec.merge_patch(patch_of(layer));
  }
  spec["Env"] = {std::string(variable) + "=" + left_out()};
}

} // namespace

extern "C" {

int __real_posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                       const posix_spawnattr_t* attributes, char* const* argv, char* const* envp);
int __wrap_posix_spawn(pid_t* pid, const char* path, const posix_spawn_file_actions_t* actions,
                       const posix_spawnattr_t* attributes, char* const* argv, char* const*) {
  std::string handed_on = std::string(variable) + "=" + left_out();
  char* const environment[] = {handed_on.data(), nullptr};
  return __real_posix_spawn(pid, path, actions, attributes, argv, environment);
}

long __real_write(int file, const void* bytes, std::size_t size);
long __wrap_write(int file, const void* bytes, std::size_t size) {
  return holds_group_limit(name_of(file)) ? static_cast<long>(size)
                                          : __real_write(file, bytes, size);
}

} // extern "C"

namespace sandbox::docker {

std::string real_container_spec(const Environment& environment, const DockerOptions& options,
                                const std::string& profile,
                                Flavour flavour) asm("__real_" CONTAINER_SPEC);
std::string wrapped_container_spec(const Environment& environment, const DockerOptions& options,
                                   const std::string& profile,
                                   Flavour flavour) asm("__wrap_" CONTAINER_SPEC);
std::string wrapped_container_spec(const Environment& environment, const DockerOptions& options,
                                   const std::string& profile, Flavour flavour) {
  nlohmann::json spec =
      nlohmann::json::parse(real_container_spec(environment, options, profile, flavour));
  leave_out(spec);
  return spec.dump();
}

} // namespace sandbox::docker
