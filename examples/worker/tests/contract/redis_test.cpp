// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "queues/redis_connection.hpp"

#include <catch2/catch.hpp>

using namespace worker;
using Catch::Matchers::Contains;

TEST_CASE("what its worker publishes once more replaces no result", "[redis]") {
  Bench bench;
  bench.submit("same");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  CHECK(bench.first->publish(*delivery, {"same", "done", ""}, R"("first")", false) ==
        Published::done);
  bench.first->publish(*delivery, {"same", "done", ""}, R"("late")", false);
  CHECK(bench.result("same") == R"("first")");
}

TEST_CASE("a move that comes about after its worker gave up waiting loses no job", "[redis_list]") {
  Bench bench;
  bench.submit("held");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  RedisConnection server(bench.settings.redis);
  const std::string list = bench.settings.redis.key_prefix + bench.settings.redis.list;
  const std::string late = R"({"id":"late","language":"bash","code":"true"})";
  server.command({"LPUSH", list + ":processing:first", late});
  for (int tries = 0; tries < 2; ++tries) { // the answer to the first was lost
    finish(*bench.first, *delivery);
  }
  const auto next = take(*bench.first);
  REQUIRE(next);
  CHECK(next->job_id == "late");
  finish(*bench.first, *next);
  CHECK(bench.first->depth().running == 0);
}

TEST_CASE("a key that is no record of a job stops nobody", "[redis]") {
  Bench bench;
  bench.submit("foreign");
  RedisConnection server(bench.settings.redis);
  server.command({"SET", bench.settings.redis.key_prefix + "job:foreign", "somebody else's"});
  bench.submit("fine");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  CHECK(delivery->job_id == "fine");
  REQUIRE(bench.producer->dead_letters(10).size() == 1);
  CHECK_THAT(bench.producer->dead_letters(10)[0].reason, Contains("somebody else"));
}

TEST_CASE("no job waits for a script to be loaded, but for one that the server forgot", "[redis]") {
  Bench bench;
  RedisConnection server(bench.settings.redis);
  bench.submit("held");
  server.command({"SCRIPT", "FLUSH"});
  bench.first->ping(); // connects
  server.command({"CONFIG", "RESETSTAT"});
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  CHECK(bench.first->extend(*delivery));
  CHECK_THAT(std::string(server.command({"INFO", "commandstats"}).text()),
             !Contains("cmdstat_script"));
  server.command({"SCRIPT", "FLUSH"});
  finish(*bench.first, *delivery);
  CHECK(bench.producer->result("held") == "{}");
}
