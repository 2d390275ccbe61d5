// SPDX-License-Identifier: Apache-2.0
#include "queues/redis_url.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using worker::parse_redis_url;

TEST_CASE("URLs of Redis servers") {
  const auto full = parse_redis_url("redis://user:p%40ss@db.example:6380/3");
  CHECK(full.user == "user");
  CHECK(full.password == "p@ss");
  CHECK(full.host == "db.example");
  CHECK(full.port == 6380);
  CHECK(full.database == 3);
  CHECK(parse_redis_url("redis://:secret@h").password == "secret");
  CHECK(parse_redis_url("redis://h").port == 6379);
  CHECK(parse_redis_url("redis://[::1]:7000").host == "::1");
  CHECK(parse_redis_url("redis://[::1]:7000").port == 7000);
  CHECK(parse_redis_url("unix:///run/redis.sock?db=2").socket == "/run/redis.sock");
  CHECK(parse_redis_url("unix:///run/redis.sock?db=2").database == 2);
}

TEST_CASE("URLs that cannot be meant are refused, the password unsaid") {
  for (const char* const text :
       {"", "h:6379", "http://h", "rediss://h", "redis://", "redis://h:port", "redis://h:70000",
        "redis://h/x", "redis://:%4@h", "redis://:%zz@h", "unix://path", "unix:///p?x=1"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_redis_url(text), std::invalid_argument);
  }
  CHECK_THROWS_WITH(parse_redis_url("redis://u:secret@h:port"),
                    !Catch::Matchers::Contains("secret"));
}
