// SPDX-License-Identifier: Apache-2.0
#include "docker/api_version.hpp"
#include "docker/engine.hpp"
#include "unit/docker/expect_error.hpp"
#include "unit/docker/fake_engine.hpp"

#include <catch2/catch.hpp>

using namespace sandbox::docker;
using namespace sandbox::docker::test;
using sandbox::ErrorCode;

TEST_CASE("versions of the API are numbers, not text") {
  CHECK(parse_api_version("1.41") == ApiVersion{1, 41});
  CHECK(*parse_api_version("1.9") < *parse_api_version("1.41"));
  CHECK(*parse_api_version("1.100") > newest_api);
  for (const char* text :
       {"", "1", "1.", ".1", "1.x", "1.41 ", "-1.41", "1.41.0", "1.99999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_api_version(text));
  }
}

TEST_CASE("the newest version that both sides speak is used, and asked for once") {
  const auto [server, used] = GENERATE(table<const char*, const char*>(
      {{"1.41", "1.41"}, {"1.44", "1.44"}, {"1.47", "1.47"}, {"1.52", "1.47"}, {"2.0", "1.47"}}));
  FakeEngine fake({pong(server), answers(ok("{}"))});
  const Engine engine(fake.address());
  CHECK(engine.api_version() == used);
  engine.call({Verb::get, "/info"});
  engine.call({Verb::get, "/info"});
  const auto requests = fake.await_requests(3);
  REQUIRE(requests.size() == 3);
  CHECK_THAT(requests[2], Catch::StartsWith(std::string("GET /v") + used + "/info HTTP/1.1\r\n"));
}

TEST_CASE("engines that are too old, or none, are refused") {
  const std::string header = GENERATE("Api-Version: 1.40\r\n", "Api-Version: x\r\n", "");
  FakeEngine fake({answers("HTTP/1.1 200 OK\r\n" + header + "Content-Length: 0\r\n\r\n")});
  const Engine engine(fake.address());
  expect_error(ErrorCode::unsupported, "Docker Engine 20.10 or newer",
               [&] { engine.api_version(); });
  expect_error(ErrorCode::unsupported, "20.10", [&] { engine.call({Verb::get, "/info"}); });
}

TEST_CASE("an engine that is not ready yet is asked again by the next call") {
  FakeEngine fake({answers("HTTP/1.1 503 Service Unavailable\r\n\r\nstarting"), pong()});
  const Engine engine(fake.address());
  expect_error(ErrorCode::backend_lost, "starting", [&] { engine.api_version(); });
  CHECK(engine.api_version() == "1.41");
}

TEST_CASE("an engine that no longer speaks our version says so itself") {
  const Script rejects =
      answers("HTTP/1.1 400 Bad Request\r\n\r\n{\"message\":\"client version 1.47 is too old\"}");
  SECTION("it does") {
    FakeEngine fake({pong("1.60"), rejects, answers(ok("{\"MinAPIVersion\":\"1.50\"}"))});
    const Engine engine(fake.address());
    expect_error(ErrorCode::unsupported, "version 1.50", [&] {
      engine.call({Verb::get, "/info"});
    });
    CHECK_THAT(fake.await_requests(3).at(2), Catch::StartsWith("GET /version HTTP/1.1\r\n"));
  }
  SECTION("the request was bad, not the version") {
    FakeEngine fake({pong("1.60"), rejects, answers(ok("{\"MinAPIVersion\":\"1.44\"}"))});
    CHECK(Engine(fake.address()).call({Verb::get, "/info"}).status == 400);
  }
  SECTION("the version cannot be the reason") {
    FakeEngine fake({pong("1.41"), rejects});
    CHECK(Engine(fake.address()).call({Verb::get, "/info"}).status == 400);
    CHECK(fake.await_requests(2).size() == 2);
  }
}
