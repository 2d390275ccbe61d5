// SPDX-License-Identifier: Apache-2.0
#include "native/identity.hpp"

#include <catch2/catch.hpp>

using namespace sandbox::native;

TEST_CASE("subordinate ids are found by name and by number") {
  const char* text = "# comment\nroot:100:50\nalice:100000:65536\n1001:200000:65536\nbroken:x:y\n";
  CHECK(parse_subordinate_ids(text, "alice", 1000)->first == 100000);
  CHECK(parse_subordinate_ids(text, "", 1001)->first == 200000);
  CHECK_FALSE(parse_subordinate_ids(text, "bob", 1002).has_value());
  CHECK_FALSE(parse_subordinate_ids(text, "broken", 1003).has_value());
}

TEST_CASE("the wanted range is taken where it is mapped") {
  const auto range = parse_own_ids("         0          0 4294967295\n", {1'900'000'000, 1000});
  REQUIRE(range);
  CHECK(range->first == 1'900'000'000);
}

TEST_CASE("in a small user namespace the upper half of what is mapped is taken") {
  const auto range = parse_own_ids("0 100000 65536\n", {1'900'000'000, 1000});
  REQUIRE(range);
  CHECK(range->first == 32768);
  CHECK(range->count == 32768);
}

TEST_CASE("a range that ends beyond the ids there are is none") {
  CHECK_FALSE(parse_subordinate_ids("alice:4294967295:65536\n", "alice", 1000).has_value());
  CHECK(parse_subordinate_ids("alice:4294901760:65535\n", "alice", 1000).has_value());
  CHECK_FALSE(parse_own_ids("4294967295 0 65536\n", {1'900'000'000, 1000}).has_value());
}

TEST_CASE("two living applications have different ids") {
  if (Identity::choose().kind() != sandbox::wire::Identity::root) {
    return; // only root chooses among ranges
  }
  const Identity first = Identity::choose();
  const Identity second = Identity::choose();
  CHECK(first.slot(0).init != second.slot(0).init);
  CHECK(first.slot(0).init != first.slot(0).program);
  CHECK(first.slot(0).program != first.slot(1).init);
}
