// SPDX-License-Identifier: Apache-2.0
#include "native/counter.hpp"

#include <catch2/catch.hpp>

using sandbox::native::parse_counter;

TEST_CASE("a counter is what the text begins with") {
  CHECK(parse_counter("12345\n") == 12345);
  CHECK(parse_counter("18446744073709551615\n") == 18446744073709551615U);
  for (const char* text : {"", "max\n", "-1\n", " 1\n", "\n1\n", "18446744073709551616\n"}) {
    INFO(text);
    CHECK_FALSE(parse_counter(text).has_value());
  }
}

TEST_CASE("a counter is found by its whole key at the start of a line") {
  const char* v1 = "oom_kill_disable 0\nunder_oom 1\noom_kill 7\n";
  CHECK(parse_counter(v1, "oom_kill") == 7);
  CHECK(parse_counter("max 3\noom 2\noom_kill 1", "oom_kill") == 1);
  CHECK(parse_counter("max 3\noom 2\noom_kill 1", "oom") == 2);
  CHECK(parse_counter("oom 5\n", "oom") == 5);
}

TEST_CASE("a counter that is not there is nothing") {
  for (const char* text : {"", "oom", "oom ", "oom \n", "oom\n1", "oom x", "oom_kill 1", " oom 1",
                           "oom  1", "oom 99999999999999999999"}) {
    INFO(text);
    CHECK_FALSE(parse_counter(text, "oom").has_value());
  }
}
