// SPDX-License-Identifier: Apache-2.0
#include "docker/container_spec.hpp"
#include "docker/offers.hpp"
#include "unit/docker/expect_error.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <set>

using namespace sandbox;
using wire::Posture;

namespace {

constexpr std::uint64_t page = 4096;

/// What an engine that does everything that it is asked gives to the default environment.
Posture best() {
  const Environment environment;
  Posture posture;
  posture.cgroup_version = 2;
  posture.memory_limit = environment.expected_limits.memory_bytes + wire::container_memory_beside;
  posture.memory_and_swap_limit = posture.memory_limit;
  posture.process_limit = environment.expected_limits.processes + 1;
  posture.cpu_quota_us = 100'000;
  posture.cpu_period_us = 100'000;
  posture.box_bytes = environment.disk_bytes;
  posture.box_inodes = environment.disk_inodes;
  posture.scratch_bytes = docker::scratch_bytes;
  posture.shared_memory_bytes = docker::scratch_bytes;
  posture.read_only_root = posture.no_new_privs = posture.seccomp = posture.user_namespace = 1;
  posture.landlock = 6;
  return posture;
}

using Names = std::set<std::string>;

Names missing(const Posture& posture, const Environment& environment = {}) {
  Names names;
  for (const guarantee::Offer& offer : docker::offers(posture, environment)) {
    if (!offer.guarantee.in_force) {
      names.insert(offer.guarantee.name);
      CHECK_FALSE(offer.remedy.empty());
    }
    CHECK_FALSE(offer.guarantee.detail.empty());
  }
  return names;
}

struct Row {
  const char* what;
  std::function<void(Posture&)> change;
  Names missing;
};

} // namespace

TEST_CASE("what init finds as it was asked for is in force") {
  CHECK(missing(best()).empty());
}

TEST_CASE("what init does not find is not promised") {
  const Row rows[] = {
      {"ids not mapped", [](Posture& p) { p.user_namespace = 0; }, {"user_namespace"}},
      {"writable root", [](Posture& p) { p.read_only_root = 0; }, {"mount_namespace"}},
      {"a route", [](Posture& p) { p.network_reaches = 1; }, {"network_namespace"}},
      {"new privileges", [](Posture& p) { p.no_new_privs = 0; }, {"no_new_privs"}},
      {"no landlock", [](Posture& p) { p.landlock = 0; }, {"landlock"}},
      {"no profile: init's filter is there", [](Posture& p) { p.seccomp = 0; }, {}},
      {"writable folders of the image", [](Posture& p) { p.other_mounts = 1; }, {"disk_limit"}},
      {"/box on the disk", [](Posture& p) { p.box_bytes = 0; }, {"disk_limit"}},
      {"/box too large", [](Posture& p) { p.box_bytes += 1 * MiB; }, {"disk_limit"}},
      {"/box without a limit on inodes", [](Posture& p) { p.box_inodes = 0; }, {"disk_limit"}},
      {"an inode too many in /box", [](Posture& p) { p.box_inodes += 1; }, {"disk_limit"}},
      {"/box in whole pages", [](Posture& p) { p.box_bytes += page; }, {}},
      {"/tmp on the disk", [](Posture& p) { p.scratch_bytes = 0; }, {"disk_limit"}},
      {"/tmp too large", [](Posture& p) { p.scratch_bytes *= 2; }, {"disk_limit"}},
      {"no /dev/shm", [](Posture& p) { p.shared_memory_bytes = 0; }, {"disk_limit"}},
      {"/dev/shm too large", [](Posture& p) { p.shared_memory_bytes *= 2; }, {"disk_limit"}},
      {"no memory limit",
       [](Posture& p) { p.memory_limit = p.memory_and_swap_limit = wire::no_limit; },
       {"memory_cgroup", "swap_limit"}},
      {"a memory limit too wide", [](Posture& p) { p.memory_limit += 1; }, {"memory_cgroup"}},
      {"a memory limit too narrow", [](Posture& p) { p.memory_limit -= 1; }, {}},
      {"no swap limit",
       [](Posture& p) { p.memory_and_swap_limit = wire::no_limit; },
       {"swap_limit"}},
      {"swap beside the memory", [](Posture& p) { p.memory_and_swap_limit *= 2; }, {"swap_limit"}},
      {"no process limit",
       [](Posture& p) { p.process_limit = wire::no_limit; },
       {"process_cgroup"}},
      {"a process too many", [](Posture& p) { p.process_limit += 1; }, {"process_cgroup"}},
      {"no quota", [](Posture& p) { p.cpu_quota_us = wire::no_limit; }, {"cpu_share"}},
      {"too large a quota", [](Posture& p) { p.cpu_quota_us *= 2; }, {"cpu_share"}},
      {"another period", [](Posture& p) { p.cpu_period_us /= 2; }, {"cpu_share"}},
      {"no control group",
       [](Posture& p) {
         p.cgroup_version = 0;
         p.memory_limit = p.memory_and_swap_limit = p.process_limit = p.cpu_quota_us =
             wire::no_limit;
       },
       {"memory_cgroup", "swap_limit", "process_cgroup", "cpu_time_cgroup", "cpu_share"}},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Posture posture = best();
    row.change(posture);
    CHECK(missing(posture) == row.missing);
  }
}

TEST_CASE("a limit that was lifted by the caller is no missing guarantee") {
  Environment lifted;
  lifted.expected_limits.memory_bytes = unlimited;
  lifted.expected_limits.processes = unlimited;
  Posture posture = best();
  posture.memory_limit = posture.memory_and_swap_limit = posture.process_limit = wire::no_limit;
  CHECK(missing(posture, lifted).empty());
}

TEST_CASE("a guarantee that is missing is an error unless it is accepted or optional") {
  Posture posture = best();
  posture.user_namespace = 0;
  posture.landlock = 0;
  DockerOptions options;
  CHECK_NOTHROW(guarantee::require(docker::offers(posture, {}), docker::demand(options)));
  options.require = {"landlock"};
  docker::test::expect_error(ErrorCode::unsupported, "landlock", [&] {
    guarantee::require(docker::offers(posture, {}), docker::demand(options));
  });
  options.require = {};
  posture.process_limit = wire::no_limit;
  docker::test::expect_error(ErrorCode::unsupported, "process_cgroup", [&] {
    guarantee::require(docker::offers(posture, {}), docker::demand(options));
  });
  options.accept_missing = {"process_cgroup"};
  CHECK_NOTHROW(guarantee::require(docker::offers(posture, {}), docker::demand(options)));
}
