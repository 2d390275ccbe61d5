// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "queues/redis_connection.hpp"
#include "queues/sqs_message.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

using namespace worker;
using Catch::Matchers::Contains;

TEST_CASE("a job that is lost too often is a dead letter, made by the queue") {
  Bench bench;
  bench.settings.queue.max_deliveries = 2;
  bench.submit("poison");
  const std::vector<Delivery> lost = lose(bench, 2);
  REQUIRE(lost.size() == 2);
  CHECK(lost[0].deliveries == 1);
  CHECK(lost[1].deliveries == 2);
  const auto survivor = make_queue(bench.settings, "survivor");
  CHECK(count_while_idle(bench, *survivor, &QueueEvents::buried) == 1);
  const std::vector<DeadLetter> letters = bench.producer->dead_letters(10);
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].job_id == "poison");
  CHECK(letters[0].attempt == 2);
  CHECK_THAT(letters[0].reason, Contains("delivered 2 times"));
}

TEST_CASE("a payload that names no id is lost as often as any other, no more", "[nameless_apart]") {
  Bench bench;
  const std::string payload = R"({"language":"bash"})";
  const auto push = [&] {
    if (bench.is("sqs")) {
      REQUIRE(bench.producer->submit("jobs", "", payload) == Submitted::accepted);
      return;
    }
    const std::string key = bench.settings.redis.key_prefix + "jobs";
    RedisConnection server(bench.settings.redis);
    server.command(bench.is("redis_list")
                       ? std::vector<std::string_view>{"RPUSH", key, payload}
                       : std::vector<std::string_view>{"XADD", key, "*", "job", payload});
  };
  bench.settings.queue.max_deliveries = 2;
  for (int round = 0; round < 2; ++round) { // a count ends with its letter
    push();
    for (const Delivery& each : lose(bench, 2)) {
      CHECK(each.job_id.empty());
    }
    const auto survivor = make_queue(bench.settings, "survivor");
    CHECK(count_while_idle(bench, *survivor, &QueueEvents::buried) == 1);
    const std::vector<DeadLetter> letters = bench.producer->dead_letters(10);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].payload == payload);
    CHECK_THAT(letters[0].reason, Contains("delivered 2 times"));
    CHECK(bench.producer->discard(letters[0].handle));
  }
  push();
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  bench.first->bury(*delivery, {"there is no id", {}});
  REQUIRE(bench.producer->dead_letters(10).size() == 1);
  CHECK(bench.producer->dead_letters(10)[0].reason == "there is no id");
}

TEST_CASE("a dead letter has its reason, log and payload, and can be replayed and discarded") {
  Bench bench;
  const std::string payload = bench.submit("dead", "jobs", R"(,"meta":"\u0001\uffff é")");
  auto delivery = take(*bench.first);
  REQUIRE(delivery);
  bench.first->bury(*delivery, {"it was bad", {"line one", "line two"}});
  std::vector<DeadLetter> letters = bench.producer->dead_letters(10);
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].job_id == "dead");
  CHECK(letters[0].reason == "it was bad");
  CHECK(letters[0].log == R"(["line one","line two"])");
  CHECK(letters[0].payload == payload);
  CHECK(letters[0].payload_bytes == payload.size());
  CHECK(letters[0].worker == "first");
  if (bench.finds_by_id()) {
    CHECK(bench.producer->status("dead").status == "dead");
    CHECK_FALSE(bench.producer->wait("dead", soon));
  }
  CHECK(bench.producer->dead_letters(10).size() == 1); // a look takes nothing away

  CHECK(bench.producer->replay("no-such-handle"));
  CHECK_FALSE(bench.producer->replay(letters[0].handle));
  CHECK(bench.producer->dead_letters(10).empty());
  delivery = take(*bench.first);
  REQUIRE(delivery);
  CHECK(delivery->payload == payload);
  CHECK(delivery->attempt == 2);
  CHECK(delivery->deliveries == 1);
  bench.first->bury(*delivery, {"still bad", {}});
  letters = bench.producer->dead_letters(10);
  REQUIRE(letters.size() == 1);
  CHECK(bench.producer->discard(letters[0].handle));
  CHECK_FALSE(bench.producer->discard(letters[0].handle));
  CHECK(bench.producer->dead_letters(10).empty());
}

TEST_CASE("all dead letters are visited, each once, and what stays is there") {
  Bench bench;
  bench.settings.queue.max_payload_bytes = 1'000;
  const auto strict = make_queue(bench.settings, "strict");
  bench.submit("large", "jobs", R"(,"input":")" + std::string(2'000, 'x') + "\"");
  constexpr std::size_t small = 25;
  for (std::size_t i = 0; i < small; ++i) {
    bench.submit("small-" + std::to_string(i));
    const auto delivery = take(*strict);
    REQUIRE(delivery);
    strict->bury(*delivery, {"it was bad", {}});
  }
  std::map<std::string, unsigned> visits;
  std::size_t refused = 0;
  bench.producer->visit_dead_letters([&](const std::string& handle) {
    ++visits[handle];
    refused += bench.producer->replay(handle) ? 1 : 0;
  });
  CHECK(refused == 1);
  CHECK(visits.size() == small + 1);
  CHECK(
      std::all_of(visits.begin(), visits.end(), [](const auto& each) { return each.second == 1; }));
  for (std::size_t i = 0; i < small; ++i) {
    const auto delivery = take(*strict);
    REQUIRE(delivery);
    finish(*strict, *delivery);
  }
  CHECK(bench.producer->dead_letters(10).size() == 1);
  if (bench.is("sqs")) { // the way to the others did not lead over this one every time
    SqsClient client(bench.settings.sqs);
    const SqsJson answer = client.call(
        "ReceiveMessage", {{"QueueUrl", client.url_of("jobs:dead")}, {"AttributeNames", {"All"}}});
    REQUIRE(answer.contains("Messages"));
    CHECK(system_attribute(answer["Messages"][0], "ApproximateReceiveCount") <= 3);
  }
}

TEST_CASE("too large a payload is a dead letter without it") {
  Bench bench;
  bench.settings.queue.max_payload_bytes = 1'000;
  const auto strict = make_queue(bench.settings, "strict");
  bench.submit("large", "jobs", R"(,"input":")" + std::string(200'000, 'x') + "\"");
  bench.submit("small");
  const auto delivery = take(*strict);
  REQUIRE(delivery);
  CHECK(delivery->job_id == "small");
  CHECK(strict->take_events().buried == 1);
  const std::vector<DeadLetter> letters = bench.producer->dead_letters(10);
  REQUIRE(letters.size() == 1);
  CHECK_THAT(letters[0].reason, Contains("1000 are accepted"));
  CHECK(letters[0].job_id == (bench.has_one_queue() ? "" : "large")); // only the payload has it
  CHECK(letters[0].payload_bytes > 200'000);
  CHECK(letters[0].payload.empty());
  CHECK(bench.producer->replay(letters[0].handle));
}
