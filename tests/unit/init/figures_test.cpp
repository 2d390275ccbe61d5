// SPDX-License-Identifier: Apache-2.0
#include "figures.hpp"

#include <catch2/catch.hpp>

using sandbox::init::parse_figure;
using sandbox::wire::not_measured;

TEST_CASE("a figure is the first number") {
  CHECK(parse_figure("12345\n", nullptr) == 12345);
  CHECK(parse_figure("18446744073709551614\n", nullptr) == 18446744073709551614U);
}

TEST_CASE("a figure is found by its whole key at the start of a line") {
  const char* text = "oom_kill_disable 0\nunder_oom 1\noom_kill 7\n";
  CHECK(parse_figure(text, "oom_kill") == 7);
  CHECK(parse_figure("max 3\n", "max") == 3);
  CHECK(parse_figure("some_usage_usec 3\nusage_usec 9\n", "usage_usec") == 9);
}

TEST_CASE("what is no figure is not measured") {
  for (const char* text : {"", "max\n", "-1\n", "oom_kill\n", "99999999999999999999999\n"}) {
    CHECK(parse_figure(text, nullptr) == not_measured);
  }
  CHECK(parse_figure("oom_kill_disable 0\n", "oom_kill") == not_measured);
}
