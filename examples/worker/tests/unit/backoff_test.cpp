// SPDX-License-Identifier: Apache-2.0
#include "backoff.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace std::chrono_literals;

TEST_CASE("delays grow with the deliveries, the last one stays, and jitter adds up to a quarter") {
  const std::vector<std::chrono::milliseconds> delays{1s, 4s, 16s};
  std::minstd_rand random(1);
  std::set<std::chrono::milliseconds> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto first = worker::retry_delay(delays, 1, random);
    seen.insert(first);
    CHECK((first >= 1s && first <= 1250ms));
    const auto tenth = worker::retry_delay(delays, 10, random);
    CHECK((tenth >= 16s && tenth <= 20s));
  }
  CHECK(seen.size() > 100);
}
