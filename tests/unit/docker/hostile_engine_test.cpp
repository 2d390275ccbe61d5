// SPDX-License-Identifier: Apache-2.0
//
// Whatever an engine does, a call ends by its deadline, with an Error and with bounded memory.
#include "docker/engine.hpp"
#include "unit/docker/expect_error.hpp"
#include "unit/docker/fake_engine.hpp"

#include <catch2/catch.hpp>

using namespace sandbox::docker;
using namespace sandbox::docker::test;
using namespace std::chrono_literals;
using sandbox::ErrorCode;

namespace {

constexpr std::chrono::milliseconds soon{300};
constexpr std::chrono::milliseconds never{30'000};
const std::string start = "HTTP/1.1 200 OK\r\n";
const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n";

void expect_lost(Script script, const std::string& text,
                 std::chrono::milliseconds timeout = never) {
  FakeEngine fake({pong(), std::move(script)});
  const Engine engine(fake.address());
  engine.api_version();
  Call call{Verb::get, "/info"};
  call.timeout = timeout;
  call.max_answer_bytes = 1 << 20;
  const Stopwatch watch;
  expect_error(ErrorCode::backend_lost, text, [&] { engine.call(call); });
  CHECK(watch.elapsed_ms() < 10'000);
}

void expect_late(Script script) {
  expect_lost(std::move(script), "in time", soon);
}

} // namespace

TEST_CASE("an engine that goes in the middle") {
  const std::string sent = GENERATE(std::string(), "HTTP/1.1 200", std::string(start),
                                    start + "Content-Length: 9\r\n\r\n1234", chunked + "9\r\n12",
                                    chunked + "2\r\n12\r\n", chunked + "2\r\n12\r\n0\r\n",
                                    "HTTP/1.1 100 Continue\r\n\r\n");
  CAPTURE(sent);
  expect_lost(answers(sent), "closed the connection");
}

TEST_CASE("an engine that goes at once, while a large request is on its way") {
  FakeEngine fake({pong(), {}});
  const Engine engine(fake.address());
  Call call{Verb::put, "/containers/x/archive"};
  call.body.resize(8 << 20);
  expect_error(ErrorCode::backend_lost, "closed the connection", [&] { engine.call(call); });
}

TEST_CASE("an answer that comes before a large request was taken is heard") {
  FakeEngine fake(
      {pong(), {receive(), send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")}});
  Call call{Verb::put, "/containers/x/archive"};
  call.body.resize(8 << 20);
  CHECK(Engine(fake.address()).call(call).status == 413);
}

TEST_CASE("what is not HTTP") {
  const std::string sent = GENERATE(
      std::string("SSH-2.0-OpenSSH_9.2p1\r\n\r\n"), "HTTP/1.1 abc\r\n\r\n", "HTTP/9 200 OK\r\n\r\n",
      std::string("\0\0\0\0\r\n\r\n", 8), start + "no colon\r\n\r\n", start + "A: b\x01\r\n\r\n",
      start + "Content-Length: -1\r\n\r\n",
      start + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
      start + "Content-Length: 99999999999999999999\r\n\r\n", chunked + "xyz\r\n",
      chunked + "fffffffffffffffff\r\n", chunked + "1\r\nab\r\n");
  CAPTURE(sent);
  expect_lost(answers(sent + std::string(100, '\n')), "not HTTP");
}

TEST_CASE("an engine that is silent") {
  const std::string sent =
      GENERATE(std::string(), "HTTP/1.1 2", start + "Content-Length: 9\r\n\r\n1234",
               chunked + "5\r\n", "HTTP/1.1 103 X\r\n\r\n");
  CAPTURE(sent);
  const Stopwatch watch;
  expect_late({request(), send(sent), hold()});
  CHECK(watch.elapsed_ms() >= soon.count());
}

TEST_CASE("an engine that does not even read") {
  FakeEngine fake({pong(), {pause(3s)}});
  const Engine engine(fake.address());
  engine.api_version();
  Call call{Verb::put, "/containers/x/archive"};
  call.body.resize(8 << 20);
  call.timeout = soon;
  const Stopwatch watch;
  expect_error(ErrorCode::backend_lost, "in time", [&] { engine.call(call); });
  CHECK(watch.elapsed_ms() < 2000);
}

TEST_CASE("an engine that sends a byte now and then gains no time") {
  const Script script =
      GENERATE(Script{request(), drip(start + std::string(1000, 'x'), 20ms)},
               Script{request(), send(start + "Content-Length: 1000\r\n\r\n"),
                      drip(std::string(1000, 'x'), 20ms)},
               Script{request(), send(chunked), drip("1;" + std::string(1000, 'x'), 20ms)});
  expect_late(script);
}

TEST_CASE("an engine that never stops") {
  SECTION("a header line") {
    expect_lost({request(), send(start + "X: "), flood(std::string(1000, 'x'))}, "no end");
  }
  SECTION("header lines") {
    expect_lost({request(), send(start), flood("X: y\r\n")}, "no end");
  }
  SECTION("a status line") {
    expect_lost({request(), send("HTTP/1.1 200 "), flood("OK")}, "no end");
  }
  SECTION("interim answers") {
    expect_lost({request(), flood("HTTP/1.1 100 Continue\r\n\r\n")}, "interim answers only");
  }
  SECTION("a body without a length") {
    expect_lost({request(), send(start + "\r\n"), flood(std::string(10'000, 'x'))},
                "more than 1048576 bytes");
  }
  SECTION("a body with a length") {
    expect_lost({request(), send(start + "Content-Length: 9000000000000000000\r\n\r\n"),
                 flood(std::string(10'000, 'x'))},
                "more than 1048576 bytes");
  }
  SECTION("chunks") {
    expect_lost({request(), send(chunked), flood("400\r\n" + std::string(1024, 'x') + "\r\n")},
                "more than 1048576 bytes");
  }
  SECTION("a chunk's extensions") {
    expect_lost({request(), send(chunked + "1;"), flood(std::string(1000, 'x'))}, "no end");
  }
  SECTION("trailers") {
    expect_lost({request(), send(chunked + "0\r\n"), flood("X: y\r\n")}, "no end");
  }
}

TEST_CASE("a body may be as large as asked for, and no byte larger") {
  FakeEngine fake({pong(), answers(ok("12345678"))});
  const Engine engine(fake.address());
  Call call{Verb::get, "/info"};
  call.max_answer_bytes = 8;
  CHECK(engine.call(call).body == "12345678");
  call.max_answer_bytes = 7;
  expect_error(ErrorCode::backend_lost, "more than 7 bytes", [&] { engine.call(call); });
}

TEST_CASE("an engine that changes the protocol unasked") {
  expect_lost(answers("HTTP/1.1 101 Switching\r\n\r\nboo"), "unasked");
}
