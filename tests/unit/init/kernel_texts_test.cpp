// SPDX-License-Identifier: Apache-2.0
#include "kernel_texts.hpp"
#include "wire/messages.hpp"

#include <catch2/catch.hpp>

using namespace sandbox::init;
using sandbox::wire::no_limit;

TEST_CASE("no limit is written in three ways") {
  CHECK(parse_limit("max\n") == no_limit);
  CHECK(parse_limit("-1\n") == no_limit);
  CHECK(parse_limit("9223372036854771712\n") == no_limit);
  CHECK(parse_limit("268435456\n") == 268435456);
}

TEST_CASE("a CPU quota has its period beside it") {
  CHECK(parse_cpu_max("50000 100000\n").quota_us == 50000);
  CHECK(parse_cpu_max("50000 100000\n").period_us == 100000);
  CHECK(parse_cpu_max("max 100000\n").quota_us == no_limit);
  CHECK(parse_cpu_max("5\n").period_us == 0);
}

TEST_CASE("ids are mapped unless all are onto themselves") {
  CHECK_FALSE(maps_ids("         0          0 4294967295\n"));
  CHECK(maps_ids("0 100000 65536\n"));
}

TEST_CASE("a filter is seen in the status, and nothing is read behind its end") {
  CHECK(has_filter("Name:\tx\nSeccomp:\t2\nSeccomp_filters:\t1\n"));
  CHECK_FALSE(has_filter("Name:\tx\nSeccomp:\t0\nSeccomp_filters:\t0\n"));
  CHECK_FALSE(has_filter("Name:\tx\nSeccomp:\t1\n"));
  const char cut[] = {'N', '\n', 'S', 'e', 'c', 'c', 'o', 'm', 'p', ':', '\0', '2', '\0'};
  CHECK_FALSE(has_filter(cut));
}

TEST_CASE("what is under the heading is a route") {
  CHECK_FALSE(has_route("Iface\tDestination\n"));
  CHECK_FALSE(has_route("Iface\tDestination"));
  CHECK(has_route("Iface\tDestination\neth0\t00000000\n"));
}

TEST_CASE("loopback is no way out") {
  CHECK_FALSE(has_ipv6_route(""));
  CHECK_FALSE(has_ipv6_route("00 00       lo\nff 00       lo\n"));
  CHECK(has_ipv6_route("00 00       lo\nfe 00     eth0\n"));
}

TEST_CASE("a mount has a point, a type and rights") {
  const Mount mount =
      parse_mount("71 60 254:1 /v /data\\040x rw,relatime shared:1 - ext4 /dev/vda1 rw");
  CHECK(mount.point == "/data\\040x");
  CHECK(mount.type == "ext4");
  CHECK(mount.writable);
  CHECK_FALSE(parse_mount("71 60 254:1 /v /data ro - ext4 /dev/vda1 rw").writable);
  for (const char* line : {"", "1 2 3", "1 2 3 4 /x", "1 2 3 4 /x rw", "1 2 3 4 /x rw -"}) {
    INFO(line);
    CHECK(parse_mount(line).type.empty());
  }
}

TEST_CASE("usual mounts are the kernel's, init's and the engine's own") {
  CHECK(is_usual({"/x", "ext4", false}));
  CHECK(is_usual({"/proc", "proc", true}));
  CHECK(is_usual({"/sys/fs/cgroup/memory", "cgroup", true}));
  CHECK(is_usual({"/x", "cgroup2", true}));
  CHECK(is_usual({"/proc/kcore", "tmpfs", true}));
  for (const char* ours : {"/box", "/tmp", "/dev/shm"}) {
    CHECK(is_usual({ours, "tmpfs", true}));
    CHECK_FALSE(is_usual({ours, "ext4", true}));
  }
  CHECK_FALSE(is_usual({"/dev", "tmpfs", true}));
  CHECK_FALSE(is_usual({"/data", "tmpfs", true}));
  CHECK_FALSE(is_usual({"/data", "", true}));
}
