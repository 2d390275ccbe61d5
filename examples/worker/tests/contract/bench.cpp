// SPDX-License-Identifier: Apache-2.0
#include "bench.hpp"

#include "queues/sqs_message.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>

namespace worker {

using std::chrono::steady_clock;

Config own_queues() {
  static int number = 0;
  Config config = load_config("", environ);
  const std::string own = "t" + std::to_string(::getpid()) + "-" + std::to_string(++number) + "-";
  config.redis.key_prefix = config.rabbitmq.queue_prefix = config.sqs.queue_prefix = own;
  config.redis.list = "jobs";
  return config;
}

std::optional<std::string> Bench::result(const std::string& id) {
  if (finds_by_id()) {
    return producer->result(id);
  }
  SqsClient client(settings.sqs);
  const std::string url = client.url_of(settings.sqs.results);
  const SqsJson answer = client.call("ReceiveMessage", {{"QueueUrl", url},
                                                        {"MaxNumberOfMessages", 10},
                                                        {"WaitTimeSeconds", 1},
                                                        {"MessageAttributeNames", {"All"}}});
  for (const SqsJson& each : answer.value("Messages", SqsJson::array())) {
    results.emplace(attribute(each, "Id"), each.value("Body", ""));
    client.call("DeleteMessage",
                {{"QueueUrl", url}, {"ReceiptHandle", each.value("ReceiptHandle", "")}});
  }
  REQUIRE(results.count(id) <= 1);
  const auto found = results.find(id);
  return found == results.end() ? std::nullopt : std::optional(found->second);
}

std::string Bench::submit(const std::string& id, const std::string& queue,
                          const std::string& more) {
  const std::string payload =
      R"({"id":")" + id + R"(","language":"bash","code":"true")" + more + "}";
  REQUIRE(producer->submit(queue, id, payload) == Submitted::accepted);
  return payload;
}

std::optional<Delivery> take(Queue& queue, milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  std::optional<Delivery> delivery;
  do {
    delivery = queue.take(std::min(patience, milliseconds{1'000}));
  } while (!delivery && steady_clock::now() < deadline);
  return delivery;
}

std::uint64_t count_while_idle(Bench& bench, Queue& queue, std::uint64_t QueueEvents::*count) {
  const milliseconds lease = bench.settings.queue.lease;
  auto deadline = steady_clock::now() + 6 * lease + soon;
  std::uint64_t counted = 0;
  while (steady_clock::now() < deadline) {
    REQUIRE_FALSE(queue.take(milliseconds{200}));
    const std::uint64_t more = queue.take_events().*count;
    if (counted == 0 && more > 0) {
      deadline = steady_clock::now() + lease;
    }
    counted += more;
  }
  return counted;
}

void finish(Queue& queue, const Delivery& delivery) {
  CHECK(queue.publish(delivery, {delivery.job_id, "done", ""}, "{}", false) == Published::done);
}

std::vector<Delivery> lose(Bench& bench, unsigned times) {
  std::vector<Delivery> taken;
  for (unsigned i = 0; i < times; ++i) {
    const auto dying = make_queue(bench.settings, "dying-" + std::to_string(++bench.lost));
    const auto delivery = take(*dying, 6 * bench.settings.queue.lease);
    REQUIRE(delivery);
    taken.push_back(*delivery);
  }
  return taken;
}

} // namespace worker
