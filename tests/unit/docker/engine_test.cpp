// SPDX-License-Identifier: Apache-2.0
#include "docker/engine.hpp"
#include "unit/docker/expect_error.hpp"
#include "unit/docker/fake_engine.hpp"

#include <sandbox/version.hpp>

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

using namespace sandbox::docker;
using namespace sandbox::docker::test;
using namespace std::chrono_literals;
using sandbox::ErrorCode;

namespace {

std::string head(const std::string& lines) {
  return lines + fmt::format("\r\nHost: docker\r\nUser-Agent: libsandbox/{}\r\nConnection: close",
                             sandbox::version);
}

} // namespace

TEST_CASE("a request goes out byte for byte as written") {
  FakeEngine fake({pong(), answers(ok("{}"))});
  const Engine engine(fake.address());
  Call call{Verb::post, "/containers/create"};
  call.query = {{"name", "a b&c"}, {"x", "\r\nHost: evil"}};
  call.body = "{\"Image\":\"debian\"}";
  CHECK(engine.call(call).status == 200);
  const auto requests = fake.await_requests(2);
  REQUIRE(requests.size() == 2);
  CHECK(requests[0] == head("GET /_ping HTTP/1.1") + "\r\n\r\n");
  CHECK(requests[1] ==
        head("POST /v1.41/containers/create?name=a%20b%26c&x=%0D%0AHost%3A%20evil HTTP/1.1") +
            "\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n" + call.body);
}

TEST_CASE("requests without a body say so where the method could have one") {
  FakeEngine fake({pong(), answers("HTTP/1.1 204 No Content\r\n\r\n")});
  const Engine engine(fake.address());
  engine.call({Verb::post, "/containers/x/start"});
  engine.call({Verb::remove, "/containers/x"});
  const auto requests = fake.await_requests(3);
  REQUIRE(requests.size() == 3);
  CHECK(requests[1] ==
        head("POST /v1.41/containers/x/start HTTP/1.1") + "\r\nContent-Length: 0\r\n\r\n");
  CHECK(requests[2] == head("DELETE /v1.41/containers/x HTTP/1.1") + "\r\n\r\n");
}

TEST_CASE("over TCP the request names the host") {
  FakeEngine fake({pong(), answers(ok("[]"))}, FakeEngine::Transport::tcp);
  const Engine engine(fake.address());
  CHECK(engine.call({Verb::get, "/info"}).json().is_array());
  CHECK_THAT(fake.await_requests(2).at(1),
             Catch::Contains(fmt::format("\r\nHost: 127.0.0.1:{}\r\n", fake.address().port)));
}

TEST_CASE("what could forge a request is refused before anything is sent") {
  FakeEngine fake({pong()});
  const Engine engine(fake.address());
  Call call{Verb::get, "/containers/a\r\nX: y/json"};
  CHECK_THROWS_AS(engine.call(call), sandbox::Error);
  call.path = "/containers/../secrets";
  CHECK_THROWS_AS(engine.call(call), sandbox::Error);
  call.path = "/build";
  call.content_type = "a\r\nX: y";
  CHECK_THROWS_AS(engine.call(call), sandbox::Error);
  CHECK_THROWS_AS(engine.attach("../../x"), sandbox::Error);
  CHECK(fake.requests().empty());
}

TEST_CASE("an answer comes in any of HTTP's forms") {
  const std::string answer = GENERATE(
      "HTTP/1.1 200 OK\r\nX-Name: v\r\nContent-Length: 4\r\n\r\nbody",
      "HTTP/1.1 200 OK\r\nx-name: v\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n3;e=1\r\nody\r\n"
      "0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nX-NAME: v\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n"
      "Trailer: t\r\n\r\n",
      "HTTP/1.0 200 OK\r\nX-name: v\r\n\r\nbody",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-Name: v\r\nContent-Length: 4\r\n\r\nbody",
      "HTTP/1.1 103 Early Hints\r\nX-Name: w\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
      "HTTP/1.1 200 OK\r\nX-Name: v\r\nContent-Length: 4\r\n\r\nbody");
  const bool in_bytes = GENERATE(false, true);
  FakeEngine fake({pong(), {request(), in_bytes ? drip(answer, 0ms) : send(answer)}});
  const Answer got = Engine(fake.address()).call({Verb::get, "/x"});
  CHECK(got.status == 200);
  CHECK(got.body == "body");
  CHECK(got.header("X-Name") == "v");
  CHECK(got.header("X-Other").empty());
}

TEST_CASE("an answer to HEAD has a length and no body") {
  FakeEngine fake({pong(), answers("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")});
  const Answer answer = Engine(fake.address()).call({Verb::head, "/containers/x/archive"});
  CHECK(answer.header("content-length") == "99");
  CHECK(answer.body.empty());
}

TEST_CASE("an engine's refusal is told in its own words") {
  struct Case {
    const char* answer;
    ErrorCode code;
    const char* text;
  };
  const auto [answer, code, text] =
      GENERATE(Case{"404 Not Found\r\n\r\n{\"message\":\"No such image: x\"}", ErrorCode::not_found,
                    "POST /images/x: No such image: x"},
               Case{"400 Bad Request\r\n\r\n{\"message\":\"bad parameter\"}",
                    ErrorCode::invalid_argument, "bad parameter"},
               Case{"409 Conflict\r\n\r\n{\"message\":\"name in use\"}", ErrorCode::setup_failed,
                    "name in use"},
               Case{"500 Oops\r\n\r\n{\"message\":\"cannot\\u001b[2J mount\\n\"}",
                    ErrorCode::setup_failed, "cannot?[2J mount (the engine's log"},
               Case{"503 Oops\r\n\r\n{\"message\":3}", ErrorCode::backend_lost,
                    "status 503: {\"message\":3}"},
               Case{"502 Bad Gateway\r\n\r\n<html>\r\n<b>no</b>", ErrorCode::backend_lost,
                    "status 502: <html>  <b>no</b>"},
               Case{"301 Moved\r\nLocation: /x\r\n\r\n", ErrorCode::backend_lost, "status 301"});
  FakeEngine fake({pong(), answers(std::string("HTTP/1.1 ") + answer)});
  expect_error(code, text, [&, engine = std::make_unique<Engine>(fake.address())] {
    engine->expect({Verb::post, "/images/x"}, {200, 201});
  });
}

TEST_CASE("a refusal's text is bounded") {
  FakeEngine fake({pong(), answers("HTTP/1.1 500 X\r\n\r\n" + std::string(100'000, '<'))});
  const Engine engine(fake.address());
  try {
    engine.expect({Verb::get, "/x"}, {200});
    FAIL("nothing was thrown");
  } catch (const sandbox::Error& error) {
    CHECK(std::string(error.what()).size() < 600);
  }
}

TEST_CASE("expect takes what was asked for, call takes all") {
  FakeEngine fake({pong(), answers("HTTP/1.1 304 Not Modified\r\n\r\n")});
  const Engine engine(fake.address());
  CHECK(engine.expect({Verb::post, "/containers/x/start"}, {204, 304}).status == 304);
  CHECK(engine.call({Verb::post, "/containers/x/start"}).status == 304);
}

TEST_CASE("an answer that should be JSON and is not") {
  const std::string body = GENERATE("", "{", "<html>", "{\"a\":1} x", std::string(100, '['));
  FakeEngine fake({pong(), answers(ok(body))});
  const Answer answer = Engine(fake.address()).call({Verb::get, "/x"});
  expect_error(ErrorCode::backend_lost, "JSON", [&] { answer.json(); });
}

TEST_CASE("a missing socket, a dead one and one of others are told apart, with remedies") {
  EngineAddress address;
  address.path = "/tmp/no-such-directory/docker.sock";
  expect_error(ErrorCode::backend_lost, "DOCKER_HOST", [&] {
    Engine(address).call({Verb::get, "/x"});
  });
  {
    FakeEngine fake({pong()}, FakeEngine::Transport::tcp);
    address = fake.address();
  }
  expect_error(ErrorCode::backend_lost, "no engine listens", [&] {
    Engine(address).call({Verb::get, "/x"});
  });
  FakeEngine fake({pong()});
  ::chmod(fake.address().path.c_str(), 0);
  // Root would be let in.
  const auto before = static_cast<uid_t>(::setfsuid(::geteuid() == 0 ? 65534 : ::geteuid()));
  expect_error(ErrorCode::backend_lost, "group docker", [&] {
    Engine(fake.address()).call({Verb::get, "/x"});
  });
  ::setfsuid(before);
}

TEST_CASE("one engine serves many threads") {
  FakeEngine fake({pong(), answers("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\n\r\n{}")});
  const Engine engine(fake.address());
  std::atomic<int> good{};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10; ++j) {
        good += engine.call({Verb::get, "/info"}).status == 200 ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(good == 40);
}

TEST_CASE("an engine is known by its id, podman's service by its host; it is asked once") {
  FakeEngine docker({pong(), answers(ok("{\"ID\":\"AB:CD\",\"Name\":\"host\"}"))});
  const Engine engine(docker.address());
  CHECK(engine.machine() == "AB:CD");
  CHECK(engine.machine() == "AB:CD");
  CHECK(docker.await_requests(2).size() == 2);
  FakeEngine podman({pong(), answers(ok("{\"ID\":\"new each time\",\"Name\":\"host\","
                                        "\"BuildahVersion\":\"1.28\"}"))});
  CHECK(Engine(podman.address()).machine() == "host");
  FakeEngine silent({pong(), answers(ok("{}"))});
  expect_error(ErrorCode::unsupported, "which one", [&] { Engine(silent.address()).machine(); });
}
