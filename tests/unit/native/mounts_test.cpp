// SPDX-License-Identifier: Apache-2.0
#include "native/mounts.hpp"

#include <catch2/catch.hpp>

using namespace sandbox::native;

TEST_CASE("mounts are read with blanks in names and any number of optional fields") {
  const auto mounts =
      parse_mounts("21 1 254:0 / / rw - ext4 /dev/vda rw,relatime\n"
                   "30 21 0:5 /a\\134b /usr/share rw shared:1 master:2 - tmpfs t rw\n"
                   "broken\n"
                   "32 21 0:7 / /srv/a\\040b/c rw - tmpfs tmpfs rw");
  REQUIRE(mounts.size() == 3);
  CHECK(mounts[0].options == "rw,relatime");
  CHECK(mounts[1].id == "30");
  CHECK(mounts[1].device == "0:5");
  CHECK(mounts[1].root == "/a\\b");
  CHECK(mounts[1].type == "tmpfs");
  CHECK(mounts[2].point == "/srv/a b/c");
}

TEST_CASE("the own mounts have a root among them") {
  bool has_root = false;
  for (const Mount& mount : read_mounts()) {
    has_root = has_root || mount.point == "/";
  }
  CHECK(has_root);
}
