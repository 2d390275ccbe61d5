// SPDX-License-Identifier: Apache-2.0
#include "docker/memory_events.hpp"
#include "unit/docker/fake_engine.hpp"

#include <catch2/catch.hpp>

using namespace sandbox::docker;
using namespace sandbox::docker::test;

namespace {

const std::string kill = R"({"status":"oom","id":"abc","Type":"container","Action":"oom"})";
const auto some_time = std::chrono::system_clock::time_point(std::chrono::milliseconds{1'234'567});

std::optional<bool> asked(const FakeEngine& fake) {
  return ran_out_of_memory(Engine(fake.address()), "abc", some_time);
}

} // namespace

TEST_CASE("a kill that the engine tells of late is waited for") {
  const FakeEngine fake({pong(), answers(ok("")), answers(ok("")), answers(ok(kill))});
  CHECK(asked(fake) == true);
}

TEST_CASE("an engine is asked for what is past, from the time that was given") {
  const FakeEngine fake({pong(), answers(ok(kill))});
  CHECK(asked(fake) == true);
  const std::string request = fake.await_requests(2).at(1);
  CHECK_THAT(request, Catch::Contains("since=1234.567000000&until="));
  CHECK_THAT(request, Catch::Contains("abc"));
}

TEST_CASE("no kill that the engine tells of is none") {
  const FakeEngine fake({pong(), answers(ok(""))});
  CHECK(asked(fake) == false);
}

TEST_CASE("an engine that cannot say is no answer") {
  const FakeEngine fake({pong(), answers("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n")});
  CHECK(asked(fake) == std::nullopt);
}
