// SPDX-License-Identifier: Apache-2.0
//
// What every kind of queue promises (queue.hpp), but for dead letters.
#include "bench.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <thread>

using namespace worker;
using std::chrono::steady_clock;

TEST_CASE("a job that was submitted is delivered once, and its result published once") {
  Bench bench;
  const std::string payload = bench.submit("one");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  CHECK(delivery->job_id == "one");
  CHECK(delivery->payload == payload);
  CHECK(delivery->queue == (bench.has_one_queue() ? bench.settings.redis.list : "jobs"));
  CHECK(delivery->attempt == 1);
  CHECK(delivery->deliveries == 1);
  CHECK_FALSE(bench.second->take(moment));
  CHECK(bench.first->extend(*delivery));
  CHECK(bench.first->publish(*delivery, {"one", "done", ""}, R"({"n":1})", false) ==
        Published::done);
  CHECK_FALSE(bench.second->take(milliseconds{300}));
  CHECK(bench.result("one") == R"({"n":1})");
  CHECK(bench.result("one") == R"({"n":1})"); // it is still there
  if (bench.finds_by_id()) {
    CHECK(bench.producer->wait("one", soon) == R"({"n":1})");
    CHECK(bench.producer->status("one").status == "done");
  }
}

TEST_CASE("an id that is there is refused, while it waits and when it is done", "[finds_by_id]") {
  Bench bench;
  const std::string payload = bench.submit("twice");
  CHECK(bench.producer->submit("jobs", "twice", payload) == Submitted::duplicate);
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  finish(*bench.first, *delivery);
  CHECK(bench.producer->submit("jobs", "twice", payload) == Submitted::duplicate);
  CHECK_FALSE(bench.first->take(milliseconds{300}));
}

TEST_CASE("queues are served in their order", "[many_queues]") {
  Bench bench;
  for (const char* const queue : {"jobs:low", "jobs", "jobs:high"}) {
    bench.submit("in-" + std::string(queue), queue);
  }
  for (const char* const queue : {"jobs:high", "jobs", "jobs:low"}) {
    const auto delivery = take(*bench.first);
    REQUIRE(delivery);
    CHECK(delivery->queue == queue);
    finish(*bench.first, *delivery);
  }
}

TEST_CASE("an idle worker is woken by a job of any queue, and holds no other meanwhile") {
  Bench bench;
  CHECK_FALSE(bench.first->take(milliseconds{200}));
  const std::string queue = bench.has_one_queue() ? "jobs" : "jobs:low";
  bench.submit("wake", queue);
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  CHECK(delivery->job_id == "wake");
  bench.submit("other");
  const auto other = take(*bench.second);
  REQUIRE(other);
  CHECK(other->job_id == "other");
  finish(*bench.first, *delivery);
  finish(*bench.second, *other);
}

TEST_CASE("a retry comes after its delay, and counts") {
  Bench bench;
  bench.submit("again");
  auto delivery = take(*bench.first);
  REQUIRE(delivery);
  const milliseconds delay = bench.settings.queue.retry_delays.front();
  const auto begun = steady_clock::now();
  bench.first->retry(*delivery, delay, "the host failed");
  delivery = take(*bench.second);
  REQUIRE(delivery);
  CHECK(steady_clock::now() - begun > delay - milliseconds{1}); // a server counts whole ones
  CHECK(delivery->job_id == "again");
  CHECK(delivery->attempt == 2);
  CHECK(delivery->deliveries == 2);
  finish(*bench.second, *delivery);
}

TEST_CASE("what is handed back comes at once, to anybody, and does not count") {
  Bench bench;
  bench.submit("back");
  for (unsigned attempt = 1; attempt <= bench.settings.queue.max_deliveries + 2; ++attempt) {
    Queue& queue = attempt % 2 == 0 ? *bench.second : *bench.first;
    const auto delivery = take(queue);
    REQUIRE(delivery);
    CHECK(delivery->attempt == attempt);
    CHECK(delivery->deliveries == 1);
    queue.hand_back(*delivery);
    CHECK_FALSE(queue.extend(*delivery)); // it is nobody's, or another's
  }
  CHECK(bench.producer->dead_letters(10).empty());
}

TEST_CASE("a job whose worker is lost is another's, and the first one publishes nothing") {
  Bench bench;
  bench.submit("lost");
  std::optional<Delivery> stale = take(*bench.first);
  REQUIRE(stale);
  const auto delivery = take(*bench.second, 6 * bench.settings.queue.lease); // the first is silent
  REQUIRE(delivery);
  CHECK(delivery->attempt == 2);
  CHECK(delivery->deliveries == 2);
  CHECK(bench.second->take_events().reclaimed == 1);
  CHECK_FALSE(bench.first->extend(*stale));
  CHECK(bench.first->publish(*stale, {"lost", "done", ""}, R"("stale")", false) ==
        Published::stale);
  CHECK(bench.second->publish(*delivery, {"lost", "done", ""}, R"("fresh")", false) ==
        Published::done);
  CHECK(bench.first->publish(*stale, {"lost", "done", ""}, R"("stale")", false) ==
        Published::stale);
  CHECK(bench.result("lost") == R"("fresh")");
}

TEST_CASE("a full queue refuses") {
  Bench bench;
  bench.settings.queue.max_depth = 2;
  const auto queue = make_queue(bench.settings, "announces");
  CHECK_FALSE(queue->take(moment));
  const auto producer = make_producer(bench.settings);
  const std::string rest = R"(,"language":"bash","code":"true"})";
  for (unsigned i = 1; i <= 2; ++i) {
    const std::string id = "full-" + std::to_string(i);
    CHECK(producer->submit("jobs", id, R"({"id":")" + id + "\"" + rest) == Submitted::accepted);
    // Some servers count with a delay.
    const auto deadline = steady_clock::now() + soon;
    while (queue->depth().waiting < i && steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds{20});
    }
  }
  CHECK(producer->submit("jobs", "more", R"({"id":"more")" + rest) == Submitted::full);
  CHECK(queue->depth().waiting == 2);
}

TEST_CASE("results arrive as they are, whatever characters they have") {
  Bench bench;
  bench.submit("odd");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  const std::string odd = "{\"text\":\"\\u0000 \xEF\xBF\xBE \xEF\xBF\xBF \xF0\x9F\x98\x80 \x7F\"}";
  CHECK(bench.first->publish(*delivery, {"odd", "done", ""}, odd, false) == Published::done);
  const auto result = bench.result("odd");
  REQUIRE(result);
  CHECK(nlohmann::json::parse(*result) == nlohmann::json::parse(odd));
}

TEST_CASE("the largest result that is allowed arrives") {
  Bench bench;
  bench.submit("big");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  const std::string big = "\"" + std::string(bench.settings.queue.max_result_bytes - 2, 'x') + "\"";
  CHECK(bench.first->publish(*delivery, {"big", "done", ""}, big, false) == Published::done);
  CHECK(bench.result("big") == big);
}
