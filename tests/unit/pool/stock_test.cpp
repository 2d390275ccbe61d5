// SPDX-License-Identifier: Apache-2.0
#include "pool/stock.hpp"
#include "unit/pool/fake_backend.hpp"

#include <catch2/catch.hpp>

#include <random>

using sandbox::Environment;
using sandbox::MiB;
using sandbox::pool::Stock;
using namespace std::chrono_literals;

namespace {

const Stock::Clock::time_point start{1000h};

Environment environment(const std::string& image, std::uint64_t memory_bytes = 256 * MiB) {
  Environment made;
  made.image = image;
  made.expected_limits.memory_bytes = memory_bytes;
  return made;
}

Stock::Bounds bounds(std::size_t boxes_each, std::size_t boxes,
                     std::uint64_t memory_bytes = sandbox::unlimited) {
  return {boxes_each, boxes, memory_bytes, 5min};
}

/// Does what a stock asks for, at once.
class Keeper {
 public:
  explicit Keeper(const Stock::Bounds& bounds) : stock(bounds) {}

  /// The images of what was opened, in order.
  std::vector<std::string> settle(Stock::Clock::time_point now = start) {
    std::vector<std::string> opened;
    for (;;) {
      Stock::Task task = stock.next(now);
      if (!task.close.empty()) {
        task.close.clear();
        stock.closed();
      } else if (task.open) {
        stock.opened(*task.open, std::make_unique<fake::Box>(host));
        opened.push_back(task.open->image);
        REQUIRE(opened.size() < 1000);
      } else {
        look_again = task.look_again;
        return opened;
      }
    }
  }

  int live() const { return host.get(&fake::Host::live); }

  fake::Host host;
  Stock stock;
  Stock::Clock::time_point look_again{};
};

using Images = std::vector<std::string>;

} // namespace

TEST_CASE("a stock opens what is wanted and no more") {
  Keeper keeper(bounds(2, 16));
  CHECK(keeper.settle().empty());
  keeper.stock.want(environment("a"), start);
  CHECK(keeper.settle() == Images{"a", "a"});
  CHECK(keeper.settle().empty());
}

TEST_CASE("a stock gives the box that was ready first, of an equal environment") {
  Keeper keeper(bounds(2, 16));
  CHECK(keeper.stock.take(environment("a")) == nullptr);
  keeper.stock.want(environment("a"), start);
  std::vector<sandbox::Session*> made;
  for (int i = 0; i < 2; ++i) {
    auto box = std::make_unique<fake::Box>(keeper.host);
    made.push_back(box.get());
    keeper.stock.opened(*keeper.stock.next(start).open, std::move(box));
  }
  CHECK(keeper.stock.take(environment("a", MiB)) == nullptr);
  CHECK(keeper.stock.take(environment("a")).get() == made[0]);
  CHECK(keeper.stock.take(environment("a")).get() == made[1]);
  CHECK(keeper.stock.take(environment("a")) == nullptr);
  CHECK(keeper.settle() == Images{"a", "a"});
}

TEST_CASE("a stock counts what is being opened") {
  Stock stock(bounds(2, 16));
  stock.want(environment("a"), start);
  CHECK(stock.next(start).open);
  CHECK(stock.next(start).open);
  CHECK_FALSE(stock.next(start).open);
  CHECK(stock.counts().opening == 2);
}

TEST_CASE("a stock closes what nobody wanted for long, and says when to look") {
  Keeper keeper(bounds(2, 16));
  keeper.stock.want(environment("a"), start);
  keeper.stock.want(environment("b"), start + 1min);
  keeper.settle(start + 1min);
  CHECK(keeper.look_again == start + 5min);
  keeper.stock.want(environment("a"), start + 2min);
  keeper.settle(start + 5min);
  CHECK(keeper.stock.counts().expired == 0);
  CHECK(keeper.look_again == start + 6min);
  keeper.settle(start + 6min);
  CHECK(keeper.stock.counts().expired == 2);
  CHECK(keeper.stock.take(environment("b")) == nullptr);
  CHECK(keeper.stock.take(environment("a")) != nullptr);
  keeper.settle(start + 7min);
  CHECK(keeper.live() == 0);
}

TEST_CASE("a stock waits for a box that is being opened when its environment expires") {
  Keeper keeper(bounds(1, 16));
  keeper.stock.want(environment("a"), start);
  CHECK(keeper.stock.next(start).open);
  const Stock::Task task = keeper.stock.next(start + 6min);
  CHECK(task.close.empty());
  CHECK(task.look_again > start + 6min);
  keeper.stock.opened(environment("a"), std::make_unique<fake::Box>(keeper.host));
  keeper.settle(start + 6min);
  CHECK(keeper.live() == 0);
}

TEST_CASE("a stock tries again later and later what cannot be opened") {
  Stock::Bounds patient = bounds(1, 16);
  patient.expiry = 24h;
  Stock stock(patient);
  stock.want(environment("a"), start);
  auto now = start;
  for (const auto delay : {100ms, 200ms, 400ms, 800ms}) {
    REQUIRE(stock.next(now).open);
    stock.failed(environment("a"), now);
    CHECK(stock.next(now).look_again == now + delay);
    CHECK_FALSE(stock.next(now + delay - 1ms).open);
    now += delay;
  }
  for (int i = 0; i < 40; ++i) {
    REQUIRE(stock.next(now).open);
    stock.failed(environment("a"), now);
    now = stock.next(now).look_again;
  }
  REQUIRE(stock.next(now).open);
  stock.failed(environment("a"), now);
  CHECK(stock.next(now).look_again == now + 1min);
  stock.want(environment("a"), now);
  CHECK(stock.next(now).open);
}

TEST_CASE("one environment that cannot be opened does not hold up another") {
  Keeper keeper(bounds(2, 16));
  keeper.stock.want(environment("b"), start);
  keeper.stock.want(environment("a"), start);
  CHECK(keeper.stock.next(start).open->image == "a");
  keeper.stock.failed(environment("a"), start);
  CHECK(keeper.settle() == Images{"b", "b"});
}

TEST_CASE("each environment has a box before any has a second") {
  Keeper keeper(bounds(3, 4));
  keeper.stock.want(environment("a"), start);
  keeper.stock.want(environment("b"), start);
  CHECK(keeper.settle() == Images{"b", "a", "b", "a"});
  keeper.stock.want(environment("c"), start);
  CHECK(keeper.settle() == Images{"c"});
  keeper.stock.want(environment("d"), start);
  CHECK(keeper.settle() == Images{"d"});
  CHECK(keeper.stock.counts().displaced == 2);
  for (const char* image : {"a", "b", "c", "d"}) {
    CHECK(keeper.stock.take(environment(image)) != nullptr);
  }
}

TEST_CASE("the environment that was wanted longest ago gives way") {
  Keeper keeper(bounds(2, 2));
  for (const char* image : {"a", "b", "a", "c"}) {
    keeper.stock.want(environment(image), start);
    keeper.settle();
  }
  CHECK(keeper.stock.take(environment("b")) == nullptr);
  CHECK(keeper.stock.take(environment("a")) != nullptr);
  CHECK(keeper.stock.take(environment("c")) != nullptr);
}

TEST_CASE("what is dropped is closed before more is opened") {
  Keeper keeper(bounds(1, 1));
  keeper.stock.want(environment("a"), start);
  keeper.settle();
  keeper.stock.want(environment("b"), start);
  Stock::Task task = keeper.stock.next(start);
  CHECK(task.close.size() == 1);
  CHECK_FALSE(keeper.stock.next(start).open);
  keeper.stock.closed();
  CHECK(keeper.stock.next(start).open);
}

TEST_CASE("boxes kept ready stay within the memory they may come to hold") {
  Keeper keeper(bounds(4, 16, 1000 * MiB));
  keeper.stock.want(environment("a"), start);
  CHECK(keeper.settle().size() == 3);
  keeper.stock.want(environment("b", 512 * MiB), start);
  CHECK(keeper.settle() == Images{"b"});
  CHECK(keeper.stock.counts().displaced == 2);
}

TEST_CASE("a program is not started beside the use of a box, and boxes used fast do not run out") {
  Keeper keeper(bounds(8, 16));
  Environment interpreter = environment("a");
  interpreter.ahead = sandbox::AheadProgram{{"program"}, {}, "source"};
  keeper.stock.want(interpreter, start);
  CHECK(keeper.settle().size() == 8);
  for (auto now = start; now < start + 1s; now += 6ms) {
    REQUIRE(keeper.stock.take(interpreter) != nullptr);
    keeper.stock.want(interpreter, now);
    keeper.settle(now);
    CHECK(keeper.stock.counts().ready >= 6);
  }
  auto now = start + 1min;
  keeper.settle(now);
  REQUIRE(keeper.stock.take(interpreter) != nullptr);
  keeper.stock.want(interpreter, now);
  CHECK(keeper.settle(now).empty());
  CHECK(keeper.look_again == now + 10ms);
  CHECK(keeper.settle(now + 10ms).size() == 1);
}

TEST_CASE("a program that started once may fail again before it is given up") {
  Stock stock(bounds(1, 16));
  Environment interpreter = environment("a");
  interpreter.ahead = sandbox::AheadProgram{{"program"}, {}, "source"};
  fake::Host host;
  for (const bool starts : {false, false, true, false, false, false}) {
    stock.want(interpreter, start);
    const Stock::Task task = stock.next(start);
    REQUIRE(task.open);
    CHECK(task.start_ahead);
    stock.tried_ahead(interpreter, starts);
    stock.opened(interpreter, std::make_unique<fake::Box>(host));
    CHECK(stock.take(interpreter) != nullptr);
  }
  stock.want(interpreter, start);
  CHECK_FALSE(stock.next(start).start_ahead);
}

TEST_CASE("nothing gives way to a box that would not fit all the same") {
  Keeper keeper(bounds(2, 16, 1000 * MiB));
  keeper.stock.want(environment("a", 300 * MiB), start);
  keeper.settle();
  const auto memory_bytes = GENERATE(std::uint64_t{1001 * MiB}, sandbox::unlimited);
  keeper.stock.want(environment("large", memory_bytes), start);
  CHECK(keeper.settle().empty());
  keeper.stock.want(environment("b", 800 * MiB), start);
  keeper.stock.want(environment("a", 300 * MiB), start);
  // Taking the second box of a would leave too little; its only one it keeps, being wanted last.
  CHECK(keeper.settle().empty());
  CHECK(keeper.stock.counts().displaced == 0);
  CHECK(keeper.live() == 2);
}

TEST_CASE("a stock comes to rest within its bounds whatever is asked of it") {
  const auto seed = GENERATE(range(0U, 50U));
  std::mt19937 random(seed);
  const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  const Stock::Bounds limits = bounds(1 + pick(3), 1 + pick(8), (1 + pick(12)) * 128 * MiB);
  Keeper keeper(limits);
  auto now = start;
  for (int i = 0; i < 300; ++i) {
    now += std::chrono::seconds(pick(60));
    const Environment which =
        environment(std::string(1, static_cast<char>('a' + pick(12))), (1 + pick(5)) * 128 * MiB);
    if (pick(3) == 0) {
      keeper.stock.take(which);
    }
    keeper.stock.want(which, now);
    if (pick(4) == 0) {
      if (const auto task = keeper.stock.next(now); task.open) {
        keeper.stock.failed(*task.open, now);
      } else if (!task.close.empty()) {
        keeper.stock.closed();
      }
    }
    keeper.settle(now);
    CHECK(keeper.look_again > now);
    REQUIRE(keeper.live() <= static_cast<int>(limits.boxes));
    REQUIRE(keeper.stock.counts().ready == static_cast<std::size_t>(keeper.live()));
  }
}
