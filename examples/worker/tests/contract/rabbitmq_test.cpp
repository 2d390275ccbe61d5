// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"
#include "queues/rabbitmq_topology.hpp"

#include <catch2/catch.hpp>

using namespace worker;

namespace {

/// The result of a worker that was lost before it acknowledged the job.
void publish_unacknowledged(const Bench& bench, const std::string& id, const std::string& result) {
  AmqpConnection connection(bench.settings.rabbitmq, milliseconds{10'000}, 1'000);
  connection.open();
  AmqpMessage message;
  message.body = result;
  message.type = "done";
  REQUIRE(connection.publish("", RabbitMqTopology(bench.settings).results(id), message) ==
          Confirmed::accepted);
}

} // namespace

TEST_CASE("a result that is there, and was not acknowledged, is not replaced", "[rabbitmq]") {
  Bench bench;
  bench.submit("same");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  publish_unacknowledged(bench, "same", R"("first")");
  CHECK(bench.first->publish(*delivery, {"same", "done", ""}, R"("late")", false) ==
        Published::stale);
  CHECK(bench.result("same") == R"("first")");
}

TEST_CASE("a redelivered job whose result is there is not run again", "[rabbitmq]") {
  Bench bench;
  bench.submit("there");
  {
    const auto dying = make_queue(bench.settings, "dying");
    REQUIRE(take(*dying));
    publish_unacknowledged(bench, "there", "{}");
  }
  CHECK(count_while_idle(bench, *bench.second, &QueueEvents::duplicates) == 1);
  CHECK(bench.second->depth().waiting == 0);
}
