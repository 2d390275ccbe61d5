// SPDX-License-Identifier: Apache-2.0
#include "docker/offers.hpp"

#include "docker/container_spec.hpp"

#include <fmt/format.h>

namespace sandbox::docker {
namespace {

using guarantee::Offer;

constexpr const char* cgroup_remedy =
    "run the engine where it may use control groups: as root, or rootless with cgroup v2, systemd "
    "and delegated controllers";

Offer offer(std::string_view name, bool in_force, std::string detail, std::string remedy) {
  return {{std::string(name), in_force, std::move(detail)}, in_force ? "" : std::move(remedy)};
}

Offer limit(std::string_view name, std::uint64_t found, std::uint64_t at_most, int version,
            std::string_view v1_file, std::string_view v2_file) {
  const bool in_force = found <= at_most;
  std::string detail =
      version == 0 ? "the container sees no control group"
                   : fmt::format("cgroup v{}, {}{}", version, version == 2 ? v2_file : v1_file,
                                 in_force ? "" : " has no such limit");
  return offer(name, in_force, std::move(detail), cgroup_remedy);
}

std::uint64_t beside(std::uint64_t wanted, std::uint64_t more) {
  return wanted == unlimited ? wire::no_limit : wanted + more;
}

bool mounts_are_bounded(const wire::Posture& posture, const Environment& environment) {
  const auto within = [](std::uint64_t bytes, std::uint64_t most) {
    return bytes > 0 && bytes <= most + 64 * KiB; // whole pages
  };
  return within(posture.box_bytes, environment.disk_bytes) && posture.box_inodes > 0 &&
         posture.box_inodes <= environment.disk_inodes &&
         within(posture.scratch_bytes, scratch_bytes) &&
         within(posture.shared_memory_bytes, scratch_bytes);
}

Offer disk_offer(const wire::Posture& posture, const Environment& environment) {
  if (posture.other_mounts != 0) {
    return offer("disk_limit", false, "the image has writable folders of its own",
                 "use an image without VOLUME");
  }
  return offer("disk_limit", mounts_are_bounded(posture, environment),
               "sized tmpfs, bytes and inodes",
               "use an engine that sizes tmpfs mounts, inodes too: podman does not");
}

void add_limits(std::vector<Offer>& all, const wire::Posture& posture, const Limits& limits) {
  const int version = posture.cgroup_version;
  const std::uint64_t quota =
      posture.cpu_period_us == cpu_period_us ? posture.cpu_quota_us : wire::no_limit;
  const std::uint64_t memory = beside(limits.memory_bytes, wire::container_memory_beside);
  all.push_back(limit(guarantee::memory_cgroup, posture.memory_limit, memory, version,
                      "memory.limit_in_bytes", "memory.max"));
  all.push_back(limit(guarantee::swap_limit, posture.memory_and_swap_limit, memory, version,
                      "memory.memsw.limit_in_bytes", "memory.swap.max"));
  all.push_back(limit(guarantee::process_cgroup, posture.process_limit,
                      beside(limits.processes, wire::container_processes_beside), version,
                      "pids.max", "pids.max"));
  all.push_back(offer(guarantee::cpu_time_cgroup, version != 0,
                      version == 2 ? "cgroup v2, cpu.stat" : "cgroup v1, cpuacct.usage",
                      cgroup_remedy));
  all.push_back(limit(guarantee::cpu_share, quota, cpu_quota_us(limits.cores), version,
                      "cpu.cfs_quota_us", "cpu.max"));
}

} // namespace

std::vector<Offer> offers(const wire::Posture& posture, const Environment& environment) {
  const auto always = [](std::string_view name, std::string detail) {
    return offer(name, true, std::move(detail), {});
  };
  std::vector<Offer> all{
      offer(guarantee::user_namespace, posture.user_namespace != 0,
            posture.user_namespace != 0 ? "the engine's" : "the container has none",
            "use a rootless engine, or one with userns-remap"),
      always("pid_namespace", "of the container"),
      offer("mount_namespace", posture.read_only_root != 0, "of the container, read-only root",
            "use an engine that makes the root read-only"),
      offer("network_namespace", posture.network_reaches == 0, "of the container, no route",
            "use an engine that knows the network mode none"),
      always("ipc_namespace", "of the container"),
      always("uts_namespace", "constant host name"),
      always("cgroup_namespace", "of the container"),
      always("no_capabilities", "all sets empty, bounding set too"),
      offer("no_new_privs", posture.no_new_privs != 0, "by the engine, and PR_SET_NO_NEW_PRIVS",
            "use an engine that knows no-new-privileges"),
      always("seccomp", posture.seccomp != 0
                            ? "allow-list, native architecture only; the engine's profile beside it"
                            : "allow-list, native architecture only; without the engine's help"),
      disk_offer(posture, environment)};
  add_limits(all, posture, environment.expected_limits);
  all.push_back(always(guarantee::separate_uid, "init is root, programs are 1000"));
  all.push_back(offer(guarantee::landlock, posture.landlock > 0,
                      posture.landlock > 0 ? fmt::format("ABI {}", posture.landlock)
                                           : "the kernel has none that would help",
                      "Linux 6.12 or newer with CONFIG_SECURITY_LANDLOCK, and landlock in lsm="));
  return all;
}

guarantee::Demand demand(const DockerOptions& options) {
  return {
      options.accept_missing, options.require, {guarantee::landlock, guarantee::user_namespace}};
}

} // namespace sandbox::docker
