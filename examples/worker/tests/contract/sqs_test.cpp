// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "queues/sqs_message.hpp"

#include <catch2/catch.hpp>

using namespace worker;

TEST_CASE("a second result under the same id is dropped by the server", "[sqs]") {
  Bench bench;
  const std::string payload = bench.submit("same");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  const auto producer = make_producer(bench.settings);
  // The id is not known, and the job executed twice.
  CHECK(producer->submit("jobs", "same", payload) == Submitted::accepted);
  const auto second = take(*bench.second);
  REQUIRE(second);
  CHECK(bench.second->publish(*second, {"same", "done", ""}, R"("first")", false) ==
        Published::done);
  bench.first->publish(*delivery, {"same", "done", ""}, R"("late")", false);
  CHECK(bench.result("same") == R"("first")");
}

TEST_CASE("a result that the server will never take leaves the job with its worker", "[sqs]") {
  Bench bench;
  bench.submit("beyond");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  const std::string beyond(sqs_max_message_bytes + 1, 'x');
  for (int tries = 0; tries < 2; ++tries) {
    CHECK_THROWS_AS(bench.first->publish(*delivery, {"beyond", "done", ""}, beyond, false),
                    ResultRefused);
    REQUIRE(bench.first->extend(*delivery));
  }
  finish(*bench.first, *delivery);
  CHECK(bench.result("beyond") == "{}");
}

TEST_CASE("a dead letter that is too large for the server comes with less", "[sqs]") {
  Bench bench;
  SqsClient client(bench.settings.sqs);
  client.call("SetQueueAttributes", {{"QueueUrl", client.url_of("jobs:dead")},
                                     {"Attributes", {{"MaximumMessageSize", "4096"}}}});
  const auto bury = [&bench](const std::string& id, const std::string& more) {
    const std::string payload = bench.submit(id, "jobs", more);
    const auto delivery = take(*bench.first);
    REQUIRE(delivery);
    bench.first->bury(*delivery, {"it was bad", {std::string(6'000, 'l')}});
    const std::vector<DeadLetter> letters = bench.producer->dead_letters(10);
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].job_id == id);
    CHECK(letters[0].log == "[]");
    CHECK(letters[0].payload_bytes == payload.size());
    CHECK(bench.producer->discard(letters[0].handle));
    return letters[0].payload == payload;
  };
  CHECK(bury("small", ""));
  CHECK_FALSE(bury("large", R"(,"input":")" + std::string(6'000, 'x') + "\""));
}
