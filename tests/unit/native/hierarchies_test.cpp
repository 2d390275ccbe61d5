// SPDX-License-Identifier: Apache-2.0
#include "native/hierarchies.hpp"

#include <catch2/catch.hpp>

using namespace sandbox::native;

namespace {

Hierarchies find(std::string_view mountinfo) {
  return find_hierarchies(parse_mounts(mountinfo));
}

} // namespace

TEST_CASE("v1 controllers are found where they are mounted, several together too") {
  const auto found =
      find("35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
           "36 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup "
           "cgroup rw,cpu,cpuacct\n"
           "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  CHECK(found.v1.at("memory") == "/sys/fs/cgroup/memory");
  CHECK(found.v1.at("cpu") == "/sys/fs/cgroup/cpu,cpuacct");
  CHECK(found.v1.at("cpuacct") == "/sys/fs/cgroup/cpu,cpuacct");
  CHECK_FALSE(found.v2_in_use);
}

TEST_CASE("v2 is in use where memory is not with v1") {
  const auto found =
      find("30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
  CHECK(found.v2 == "/sys/fs/cgroup");
  CHECK(found.v2_in_use);
}

TEST_CASE("lines that are no mounts are passed over") {
  CHECK(find("\n-\n1 2 3\n1 2 3 4 5 6 - cgroup\n").v1.empty());
}

TEST_CASE("the own v2 group is the line with hierarchy 0") {
  CHECK(parse_own_group("4:memory:/a\n0::/user.slice/session\n") == "/user.slice/session");
  CHECK(parse_own_group("4:memory:/a\n").empty());
}
