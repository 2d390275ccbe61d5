// SPDX-License-Identifier: Apache-2.0
#include "native/shared_calls.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace sandbox;
using native::SharedCalls;

TEST_CASE("who asks while a call runs is answered by a later one") {
  std::promise<void> first_runs;
  std::promise<void> first_may_end;
  int calls = 0; // one at a time
  SharedCalls shared([&] {
    if (++calls == 1) {
      first_runs.set_value();
      first_may_end.get_future().wait();
    }
    return std::to_string(calls);
  });
  const auto ask = [&] { return shared(); };
  auto first = std::async(std::launch::async, ask);
  first_runs.get_future().wait();
  auto second = std::async(std::launch::async, ask);
  auto third = std::async(std::launch::async, ask);
  first_may_end.set_value();
  CHECK(first.get() == "1");
  CHECK(second.get() != "1");
  CHECK(third.get() != "1");
  CHECK(calls <= 3);
}

TEST_CASE("a call that fails is made again for who asks next") {
  int calls = 0;
  SharedCalls shared([&]() -> std::string {
    if (++calls == 1) {
      throw Error(ErrorCode::unsupported, "toolchain", "is odd");
    }
    return "text";
  });
  CHECK_THROWS_AS(shared(), Error);
  CHECK(shared() == "text");
}
