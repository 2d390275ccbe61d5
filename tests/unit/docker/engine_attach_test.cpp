// SPDX-License-Identifier: Apache-2.0
#include "docker/engine.hpp"
#include "unit/docker/expect_error.hpp"
#include "unit/docker/fake_engine.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace sandbox::docker;
using namespace sandbox::docker::test;
using namespace std::chrono_literals;
using sandbox::ErrorCode;

namespace {

const std::string id = "0123456789ab";
const std::string upgraded =
    "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n"
    "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
const std::string hijacked =
    "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";

std::string receive_all(Connection& connection) {
  std::string all;
  char part[64];
  for (;;) {
    const long size = connection.receive(part, true);
    if (size <= 0) {
      CHECK(size == 0);
      return all;
    }
    all.append(part, static_cast<std::size_t>(size));
  }
}

} // namespace

TEST_CASE("attaching asks for a raw stream of stdin, stdout and stderr") {
  FakeEngine fake({pong(), answers(upgraded)});
  Engine(fake.address()).attach(id);
  const auto requests = fake.await_requests(2);
  REQUIRE(requests.size() == 2);
  CHECK_THAT(requests[1], Catch::StartsWith("POST /v1.41/containers/" + id +
                                            "/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1"));
  CHECK_THAT(requests[1], Catch::Contains("\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"));
}

TEST_CASE("bytes behind the header are not lost, and both directions work") {
  const std::string header =
      GENERATE(std::string(upgraded), std::string(hijacked), "HTTP/1.1 100 X\r\n\r\n" + upgraded);
  FakeEngine fake({pong(), {request(), send(header + "early"), receive(), send(" late")}});
  Engine::Attached attached = Engine(fake.address()).attach(id);
  CHECK(attached.connection.send("typed") == 0);
  CHECK(attached.first_bytes + receive_all(attached.connection) == "early late");
  CHECK_THAT(fake.await_requests(2).at(1), Catch::EndsWith("\r\n\r\ntyped"));
}

TEST_CASE("many bytes behind the header are not lost either") {
  const std::string many(300'000, 'x');
  FakeEngine fake({pong(), answers(upgraded + many)});
  Engine::Attached attached = Engine(fake.address()).attach(id);
  CHECK(attached.first_bytes + receive_all(attached.connection) == many);
}

TEST_CASE("attaching fails with the engine's words") {
  FakeEngine fake({pong(), answers("HTTP/1.1 404 No\r\n\r\n{\"message\":\"No such container\"}")});
  expect_error(ErrorCode::not_found, "No such container",
               [&] { Engine(fake.address()).attach(id); });
}

TEST_CASE("an answer with a body is no stream") {
  FakeEngine fake({pong(), answers(ok("hello"))});
  expect_error(ErrorCode::backend_lost, "status 200: hello",
               [&] { Engine(fake.address()).attach(id); });
}

TEST_CASE("an attached stream can be read without waiting, and waits no longer than told") {
  FakeEngine fake({pong(), {request(), send(upgraded), hold()}});
  Engine::Attached attached = Engine(fake.address()).attach(id);
  char part[16];
  CHECK(attached.connection.receive(part, false) == -EAGAIN);
  attached.connection.set_deadline(Deadline::clock::now() + 50ms);
  CHECK(attached.connection.receive(part, true) == -ETIMEDOUT);
  CHECK(attached.connection.descriptor() >= 0);
  attached.connection.close();
  CHECK(attached.connection.descriptor() < 0);
}

TEST_CASE("a stream whose engine is gone reports it and raises no signal") {
  FakeEngine fake({pong(), answers(upgraded)});
  Engine::Attached attached = Engine(fake.address()).attach(id);
  fake.await_requests(2);
  CHECK(attached.connection.send(std::string(1 << 20, 'x')) == EPIPE);
}
