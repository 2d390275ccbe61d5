// SPDX-License-Identifier: Apache-2.0
#include "docker/container_spec.hpp"

#include "docker/init_volume.hpp"
#include "docker/owner.hpp"
#include "wire/messages.hpp"

#include <sandbox/error.hpp>
#include <sandbox/units.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace sandbox::docker {
namespace {

using nlohmann::json;

constexpr std::uint64_t scratch_inodes = 4096;
/// Engines refuse less (moby, daemon/daemon_unix.go).
constexpr std::uint64_t least_memory = 6 * MiB;
/// What an update knows no other way to say "no limit" with: 0 means "as it was".
constexpr std::uint64_t engines_no_limit = std::uint64_t{1} << 60;

/// The kernel asks for what it does not show: other containers, devices and the machine. Terminals
/// come from a number that all of the host shares (kernel.pty.max).
json masked_paths() {
  return {"/dev/pts",
          "/proc/acpi",
          "/proc/asound",
          "/proc/interrupts",
          "/proc/kcore",
          "/proc/keys",
          "/proc/latency_stats",
          "/proc/sched_debug",
          "/proc/scsi",
          "/proc/timer_list",
          "/proc/timer_stats",
          "/sys/block",
          "/sys/bus",
          "/sys/class",
          "/sys/dev",
          "/sys/devices",
          "/sys/firmware",
          "/sys/fs/bpf",
          "/sys/hypervisor",
          "/sys/kernel",
          "/sys/module",
          "/sys/power"};
}

json read_only_paths() {
  return {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
}

std::string memory_mount(std::uint64_t bytes, std::uint64_t inodes, std::string_view owner,
                         Flavour flavour) {
  const std::string inode_limit =
      flavour == Flavour::docker ? fmt::format("nr_inodes={},", inodes) : "";
  return fmt::format("rw,exec,nosuid,nodev,size={},{}{}", bytes, inode_limit, owner);
}

json memory_mounts(const Environment& environment, Flavour flavour) {
  const std::string_view programs =
      flavour == Flavour::docker ? "mode=0755,uid=1000,gid=1000" : "mode=0777";
  constexpr std::string_view everybodys = "mode=1777";
  const std::string scratch = memory_mount(scratch_bytes, scratch_inodes, everybodys, flavour);
  return {
      {"/box", memory_mount(environment.disk_bytes, environment.disk_inodes, programs, flavour)},
      {"/tmp", scratch},
      {"/dev/shm", scratch}};
}

json init_mount() {
  json mount{{"Type", "volume"},
             {"Source", init_volume_name()},
             {"Target", init_directory},
             {"ReadOnly", true}};
  mount["VolumeOptions"] = {{"NoCopy", true}, {"Labels", {{init_volume_label, "1"}}}};
  return mount;
}

std::uint64_t memory_limit(const Limits& limits) {
  if (limits.memory_bytes == unlimited) {
    return engines_no_limit;
  }
  const std::uint64_t bytes = limits.memory_bytes + wire::container_memory_beside;
  if (bytes < least_memory) {
    throw Error(ErrorCode::unsupported, "memory limit",
                fmt::format("{} is less than a container engine can enforce",
                            format_size(limits.memory_bytes)),
                fmt::format("allow {}, or use the native backend",
                            format_size(least_memory - wire::container_memory_beside)));
  }
  return bytes;
}

json limits_of(const Limits& limits, bool limit_cores) {
  const std::uint64_t memory = memory_limit(limits);
  return {{"Memory", memory},
          {"MemorySwap", memory},
          {"PidsLimit",
           limits.processes == unlimited
               ? -1
               : static_cast<std::int64_t>(limits.processes + wire::container_processes_beside)},
          {"CpuPeriod", cpu_period_us},
          {"CpuQuota", limit_cores ? static_cast<std::int64_t>(cpu_quota_us(limits.cores)) : -1}};
}

json security_options(const std::string& profile, Flavour flavour) {
  json all{"no-new-privileges"};
  if (flavour == Flavour::docker) {
    all.push_back("seccomp=" + profile);
  }
  return all;
}

json host_config(const Environment& environment, const DockerOptions& options,
                 const std::string& profile, Flavour flavour) {
  json host = limits_of(environment.expected_limits, true);
  host.update({
      {"NetworkMode", "none"},
      {"IpcMode", "none"}, // a namespace of its own, without the engine's unsized /dev/shm
      {"CgroupnsMode", "private"},
      {"Privileged", false},
      {"Init", false}, // ours is to be process 1
      {"ReadonlyRootfs", true},
      {"CapDrop", {"ALL"}},
      // To become the program's user, to end its processes, and to empty the bounding set.
      {"CapAdd", {"SETUID", "SETGID", "KILL", "SETPCAP"}},
      {"SecurityOpt", security_options(profile, flavour)},
      {"OomScoreAdj", 500}, // init; the program offers itself before
      // A core limit of 1 stops a core_pattern pipe as well, where 0 would not.
      {"Ulimits", {{{"Name", "core"}, {"Soft", 1}, {"Hard", 1}}}},
      {"Tmpfs", memory_mounts(environment, flavour)},
      {"Mounts", {init_mount()}},
      {"LogConfig", {{"Type", "none"}}},
      {"RestartPolicy", {{"Name", "no"}}},
      {"AutoRemove", true},
      {"MaskedPaths", masked_paths()},
      {"ReadonlyPaths", read_only_paths()},
  });
  if (!options.runtime.empty()) {
    host["Runtime"] = options.runtime;
  }
  return host;
}

} // namespace

std::string container_spec(const Environment& environment, const DockerOptions& options,
                           const std::string& profile, Flavour flavour) {
  return json{{"Image", environment.image},
              {"Entrypoint", {init_path}},
              {"Cmd", {"container", fmt::format("{}", options.max_box_life.count())}},
              {"User", "0:0"},
              {"WorkingDir", "/"},
              {"Hostname", "sandbox"},
              {"AttachStdin", true},
              {"AttachStdout", true},
              {"AttachStderr", true},
              {"OpenStdin", true},
              {"StdinOnce", true}, // its end reaches init when we are gone
              {"Tty", false},
              {"StopSignal", "SIGKILL"}, // init takes no other: an engine that stops would wait
              {"NetworkDisabled", true},
              {"Healthcheck", {{"Test", {"NONE"}}}},
              {"Labels", make_labels(options.max_box_life)},
              {"HostConfig", host_config(environment, options, profile, flavour)}}
      .dump();
}

std::uint64_t cpu_quota_us(double cores) {
  constexpr double shortest = 1000; // that the kernel takes
  return static_cast<std::uint64_t>(std::llround(std::max(shortest, cores * cpu_period_us)));
}

std::string container_limits(const Limits& limits, bool limit_cores) {
  return limits_of(limits, limit_cores).dump();
}

} // namespace sandbox::docker
