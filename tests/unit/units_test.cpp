// SPDX-License-Identifier: Apache-2.0
#include <sandbox/error.hpp>
#include <sandbox/limits.hpp>
#include <sandbox/units.hpp>

#include <catch2/catch.hpp>

using namespace sandbox;
using namespace std::chrono_literals;

TEST_CASE("durations have a unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("2m") == 2min);
  CHECK(parse_duration("unlimited") == unlimited_time);
  for (const char* text :
       {"", "2", "s", "-1s", "1e3s", "2 s", "2sx", "nan", "inf", "99999999999999h", "1..5s"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_duration(text), Error);
  }
}

TEST_CASE("sizes have a unit") {
  CHECK(parse_size("64KiB") == 64 * KiB);
  CHECK(parse_size("256M") == 256 * MiB);
  CHECK(parse_size("1MB") == 1'000'000);
  CHECK(parse_size("12B") == 12);
  CHECK(parse_size("unlimited") == unlimited);
  for (const char* text :
       {"", "64", "-1MiB", "1e309MiB", "1.5MiB", "64 MiB", "64MiBx", "99999999999999999999B"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_size(text), Error);
  }
}

TEST_CASE("amounts are shown as people write them") {
  CHECK(format_size(256 * MiB) == "256 MiB");
  CHECK(format_size(unlimited) == "unlimited");
  CHECK(format_duration(2s) == "2 s");
  CHECK(format_duration(350ms) == "350 ms");
}
