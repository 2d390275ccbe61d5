// SPDX-License-Identifier: Apache-2.0
//
// What every kind of queue promises (queue.hpp), asked of the one that the environment names, on a
// server that contract.py started. Each case has queues of its own.
#include "config.hpp"
#include "queues/make_queue.hpp"
#include "queues/rabbitmq_topology.hpp"
#include "queues/redis_connection.hpp"
#include "queues/sqs_message.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>

namespace {

using namespace worker;
using Catch::Matchers::Contains;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds soon{5'000}; // there when it is there; nobody waits that long for success
constexpr milliseconds moment{0};

Config config() {
  static int number = 0;
  Config config = load_config("", environ);
  const std::string own = "t" + std::to_string(::getpid()) + "-" + std::to_string(++number) + "-";
  config.redis.key_prefix = config.rabbitmq.queue_prefix = config.sqs.queue_prefix = own;
  config.redis.list = "jobs";
  return config;
}

struct Bench {
  Config settings{config()};
  std::unique_ptr<Queue> first{make_queue(settings, "first")};
  std::unique_ptr<Queue> second{make_queue(settings, "second")};
  std::unique_ptr<Producer> producer{make_producer(settings)};

  bool is(const char* kind) const { return settings.queue.kind == kind; }
  bool has_one_queue() const { return is("redis_list"); }
  bool finds_by_id() const { return !is("sqs"); }

  /// Of SQS read as a consumer of results does, which must see an id once.
  std::optional<std::string> result(const std::string& id) {
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
  std::multimap<std::string, std::string> results{};

  std::string submit(const std::string& id, const std::string& queue = "jobs",
                     const std::string& more = "") {
    const std::string payload =
        R"({"id":")" + id + R"(","language":"bash","code":"true")" + more + "}";
    REQUIRE(producer->submit(queue, id, payload) == Submitted::accepted);
    return payload;
  }
};

std::optional<Delivery> take(Queue& queue, milliseconds patience = soon) {
  const auto deadline = steady_clock::now() + patience;
  std::optional<Delivery> delivery;
  do {
    delivery = queue.take(std::min(patience, milliseconds{1'000}));
  } while (!delivery && steady_clock::now() < deadline);
  return delivery;
}

} // namespace

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

TEST_CASE("a second result under the same id is not published") {
  Bench bench;
  const std::string payload = bench.submit("same");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  const auto producer = make_producer(bench.settings);
  if (!bench.finds_by_id()) { // the id is not known, and the job executed twice
    CHECK(producer->submit("jobs", "same", payload) == Submitted::accepted);
    const auto second = take(*bench.second);
    REQUIRE(second);
    CHECK(bench.second->publish(*second, {"same", "done", ""}, R"("first")", false) ==
          Published::done);
  } else if (bench.is("rabbitmq")) { // the result of one whose acknowledgement was lost
    AmqpConnection other(bench.settings.rabbitmq, milliseconds{10'000}, 1'000);
    other.open();
    AmqpMessage result;
    result.body = R"("first")";
    result.type = "done";
    const std::string queue = RabbitMqTopology(bench.settings).results("same");
    REQUIRE(other.publish("", queue, result) == Confirmed::accepted);
    CHECK(bench.first->publish(*delivery, {"same", "done", ""}, R"("late")", false) ==
          Published::stale);
    CHECK(bench.result("same") == R"("first")");
    return;
  } else {
    return; // its script publishes and acknowledges as one: there is no moment between
  }
  bench.first->publish(*delivery, {"same", "done", ""}, R"("late")", false);
  CHECK(bench.result("same") == R"("first")");
}

TEST_CASE("a redelivered job whose result is there is not run again") {
  Bench bench;
  if (!bench.is("rabbitmq")) {
    return;
  }
  bench.submit("there");
  {
    const auto dying = make_queue(bench.settings, "dying");
    REQUIRE(take(*dying));
    AmqpConnection connection(bench.settings.rabbitmq, milliseconds{10'000}, 1'000);
    connection.open();
    AmqpMessage result;
    result.body = "{}";
    REQUIRE(connection.publish("", RabbitMqTopology(bench.settings).results("there"), result) ==
            Confirmed::accepted);
  }
  CHECK_FALSE(take(*bench.second, milliseconds{1'000}));
  CHECK(bench.second->take_events().duplicates == 1);
  CHECK(bench.second->depth().waiting == 0);
}

TEST_CASE("an id that is there is refused, while it waits and when it is done") {
  Bench bench;
  if (!bench.finds_by_id()) {
    return;
  }
  const std::string payload = bench.submit("twice");
  CHECK(bench.producer->submit("jobs", "twice", payload) == Submitted::duplicate);
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  bench.first->publish(*delivery, {"twice", "done", ""}, "{}", false);
  CHECK(bench.producer->submit("jobs", "twice", payload) == Submitted::duplicate);
  CHECK_FALSE(bench.first->take(milliseconds{300}));
}

TEST_CASE("queues are served in their order") {
  Bench bench;
  if (bench.has_one_queue()) {
    return;
  }
  for (const char* const queue : {"jobs:low", "jobs", "jobs:high"}) {
    bench.submit("in-" + std::string(queue), queue);
  }
  for (const char* const queue : {"jobs:high", "jobs", "jobs:low"}) {
    const auto delivery = take(*bench.first);
    REQUIRE(delivery);
    CHECK(delivery->queue == queue);
    bench.first->publish(*delivery, {delivery->job_id, "done", ""}, "{}", false);
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
  CHECK(bench.first->publish(*delivery, {"wake", "done", ""}, "{}", false) == Published::done);
  CHECK(bench.second->publish(*other, {"other", "done", ""}, "{}", false) == Published::done);
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
  CHECK(bench.second->publish(*delivery, {"again", "done", ""}, "{}", false) == Published::done);
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

TEST_CASE("a job that is lost too often is a dead letter, made by the queue") {
  Bench bench;
  bench.settings.queue.max_deliveries = 2;
  bench.submit("poison");
  for (unsigned delivered = 1; delivered <= 2; ++delivered) {
    const auto dying = make_queue(bench.settings, "dying-" + std::to_string(delivered));
    const auto delivery = take(*dying, 6 * bench.settings.queue.lease);
    REQUIRE(delivery);
    CHECK(delivery->deliveries == delivered);
  }
  const auto survivor = make_queue(bench.settings, "survivor");
  CHECK_FALSE(take(*survivor, 6 * bench.settings.queue.lease));
  CHECK(survivor->take_events().buried == 1);
  const std::vector<DeadLetter> letters = bench.producer->dead_letters(10);
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].job_id == "poison");
  CHECK(letters[0].attempt == 2);
  CHECK_THAT(letters[0].reason, Contains("delivered 2 times"));
}

TEST_CASE("a payload that names no id is lost as often as any other, no more") {
  Bench bench;
  if (bench.is("rabbitmq")) {
    return; // counted by the same headers whether it has an id or not
  }
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
  for (const char* const round : {"first", "second"}) { // a count ends with its letter
    push();
    for (unsigned delivered = 1; delivered <= 2; ++delivered) {
      const auto dying = make_queue(bench.settings, fmt::format("{}-{}", round, delivered));
      const auto delivery = take(*dying, 6 * bench.settings.queue.lease);
      REQUIRE(delivery);
      CHECK(delivery->job_id.empty());
    }
    const auto survivor = make_queue(bench.settings, "survivor");
    CHECK_FALSE(take(*survivor, 3 * bench.settings.queue.lease));
    CHECK(survivor->take_events().buried == 1);
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
    strict->publish(*delivery, {delivery->job_id, "done", ""}, "{}", false);
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

TEST_CASE("a full queue refuses") {
  Bench bench;
  bench.settings.queue.max_depth = 2;
  const auto queue = make_queue(bench.settings, "announces");
  CHECK_FALSE(queue->take(moment));
  const auto producer = make_producer(bench.settings);
  const std::string rest = R"(,"language":"bash","code":"true"})";
  for (int i = 0; i < 2; ++i) {
    const std::string id = "full-" + std::to_string(i);
    CHECK(producer->submit("jobs", id, R"({"id":")" + id + "\"" + rest) == Submitted::accepted);
    std::this_thread::sleep_for(milliseconds{200}); // some servers count with a delay
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

TEST_CASE("a result that the server will never take leaves the job with its worker") {
  Bench bench;
  if (!bench.is("sqs")) {
    return;
  }
  bench.submit("beyond");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  const std::string beyond(sqs_max_message_bytes + 1, 'x');
  for (int tries = 0; tries < 2; ++tries) {
    CHECK_THROWS_AS(bench.first->publish(*delivery, {"beyond", "done", ""}, beyond, false),
                    ResultRefused);
    REQUIRE(bench.first->extend(*delivery));
  }
  CHECK(bench.first->publish(*delivery, {"beyond", "done", ""}, "{}", false) == Published::done);
  CHECK(bench.result("beyond") == "{}");
}

TEST_CASE("a dead letter that is too large for the server comes with less") {
  Bench bench;
  if (!bench.is("sqs")) {
    return;
  }
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

TEST_CASE("a move that comes about after its worker gave up waiting loses no job") {
  Bench bench;
  if (!bench.is("redis_list")) {
    return;
  }
  bench.submit("held");
  const auto delivery = take(*bench.first);
  REQUIRE(delivery);
  RedisConnection server(bench.settings.redis);
  const std::string list = bench.settings.redis.key_prefix + bench.settings.redis.list;
  const std::string late = R"({"id":"late","language":"bash","code":"true"})";
  server.command({"LPUSH", list + ":processing:first", late});
  for (int tries = 0; tries < 2; ++tries) { // the answer to the first was lost
    CHECK(bench.first->publish(*delivery, {"held", "done", ""}, "{}", false) == Published::done);
  }
  const auto next = take(*bench.first);
  REQUIRE(next);
  CHECK(next->job_id == "late");
  CHECK(bench.first->publish(*next, {"late", "done", ""}, "{}", false) == Published::done);
  CHECK(bench.first->depth().running == 0);
}

TEST_CASE("a key that is no record of a job stops nobody") {
  Bench bench;
  if (!bench.is("redis_list") && !bench.is("redis_streams")) {
    return;
  }
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

TEST_CASE("no job waits for a script to be loaded, but for one that the server forgot") {
  Bench bench;
  if (!bench.is("redis_list") && !bench.is("redis_streams")) {
    return;
  }
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
  CHECK(bench.first->publish(*delivery, {"held", "done", ""}, "{}", false) == Published::done);
  CHECK(bench.producer->result("held") == "{}");
}
