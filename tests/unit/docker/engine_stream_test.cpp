// SPDX-License-Identifier: Apache-2.0
#include "docker/engine.hpp"
#include "unit/docker/expect_error.hpp"
#include "unit/docker/fake_engine.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <latch>
#include <stdexcept>

using namespace sandbox::docker;
using namespace sandbox::docker::test;
using namespace std::chrono_literals;
using sandbox::ErrorCode;

namespace {

const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::vector<int> read_lines(const FakeEngine& fake, std::chrono::milliseconds timeout = 5s,
                            const std::stop_token& stop = {}) {
  std::vector<int> lines;
  Call call{Verb::post, "/images/create"};
  call.timeout = timeout;
  Engine(fake.address())
      .stream(
          call, [&](const nlohmann::json& line) { lines.push_back(line.at("n").get<int>()); },
          stop);
  return lines;
}

} // namespace

TEST_CASE("lines arrive whole wherever they were split") {
  const std::string body = GENERATE("1b\r\n{\"n\":1}\r\n\n\r\n{\"n\":2}\n{\"n\":3}\r\n0\r\n\r\n",
                                    "3\r\n{\"n\r\n6\r\n\":1}\n{\r\n5\r\n\"n\":2\r\n2\r\n}\n\r\n"
                                    "7\r\n{\"n\":3}\r\n0\r\n\r\n");
  const bool in_bytes = GENERATE(false, true);
  FakeEngine fake(
      {pong(), {request(), in_bytes ? drip(chunked + body, 0ms) : send(chunked + body)}});
  CHECK(read_lines(fake) == std::vector<int>{1, 2, 3});
}

TEST_CASE("a stream may last longer than its timeout, but not be silent for so long") {
  std::string body;
  for (int i = 0; i < 30; ++i) {
    body += "8\r\n{\"n\":1}\n\r\n";
  }
  {
    FakeEngine fake({pong(), {request(), send(chunked), drip(body + "0\r\n\r\n", 6ms)}});
    const Stopwatch watch;
    CHECK(read_lines(fake, 2s).size() == 30);
    CHECK(watch.elapsed_ms() > 2000);
  }
  FakeEngine fake({pong(), {request(), send(chunked + body), hold()}});
  expect_error(ErrorCode::backend_lost, "in time", [&] { read_lines(fake, 250ms); });
}

TEST_CASE("bytes that carry nothing do not keep a stream alive") {
  FakeEngine fake({pong(), {request(), send(chunked), drip("1;" + std::string(500, 'x'), 10ms)}});
  expect_error(ErrorCode::backend_lost, "in time", [&] { read_lines(fake, 250ms); });
}

TEST_CASE("a line may not be endless, a stream may not be cut, and both are JSON") {
  const auto [script, text] = GENERATE(table<Script, const char*>({
      {{request(), send(chunked), flood("5\r\naaaaa\r\n")}, "1 MiB"},
      {answers(chunked + "8\r\n{\"n\":1}\n\r\n"), "closed the connection"},
      {answers(chunked + "6\r\nhello\n\r\n0\r\n\r\n"), "JSON"},
      {answers(chunked + "4\r\n{\"n\"\r\n0\r\n\r\n"), "JSON"},
  }));
  FakeEngine fake({pong(), script});
  expect_error(ErrorCode::backend_lost, text, [&, &fake = fake] { read_lines(fake); });
}

TEST_CASE("a stream that is refused tells why") {
  FakeEngine fake({pong(), answers("HTTP/1.1 404 No\r\n\r\n{\"message\":\"pull access denied\"}")});
  expect_error(ErrorCode::not_found, "pull access denied", [&] { read_lines(fake); });
}

TEST_CASE("a stop ends a stream promptly") {
  FakeEngine fake({pong(), {request(), send(chunked + "8\r\n{\"n\":1}\n\r\n"), hold()}});
  std::stop_source stop;
  std::latch first_line(1);
  std::thread stopper([&] {
    first_line.wait();
    std::this_thread::sleep_for(100ms); // for the reader to wait for more
    stop.request_stop();
  });
  Call call{Verb::post, "/images/create"};
  call.timeout = 20s;
  int lines = 0;
  const auto count = [&](const nlohmann::json&) {
    if (++lines == 1) {
      first_line.count_down();
    }
  };
  const Stopwatch watch;
  Engine(fake.address()).stream(call, count, stop.get_token());
  CHECK(lines == 1);
  CHECK(watch.elapsed_ms() < 10'000);
  stopper.join();
}

TEST_CASE("a stop from within ends a stream that never pauses") {
  FakeEngine fake({pong(), {request(), send(chunked), flood("8\r\n{\"n\":1}\n\r\n")}});
  std::stop_source stop;
  Engine(fake.address())
      .stream(
          {Verb::post, "/build"}, [&](const nlohmann::json&) { stop.request_stop(); },
          stop.get_token());
  SUCCEED("it came back");
}

TEST_CASE("a stop before the start asks the engine for nothing more") {
  FakeEngine fake({pong(), {hold()}});
  std::stop_source stop;
  stop.request_stop();
  CHECK(read_lines(fake, 20s, stop.get_token()).empty());
}

TEST_CASE("what a callback throws comes out") {
  FakeEngine fake({pong(), {request(), send(chunked), flood("8\r\n{\"n\":1}\n\r\n")}});
  const Engine engine(fake.address());
  CHECK_THROWS_AS(engine.stream({Verb::post, "/build"},
                                [](const nlohmann::json&) { throw std::domain_error("mine"); }, {}),
                  std::domain_error);
}

TEST_CASE("a large request body goes out whole") {
  FakeEngine fake({pong(), answers(chunked + "0\r\n\r\n")});
  Call call{Verb::post, "/build"};
  call.content_type = "application/x-tar";
  call.body.assign(3 << 20, 't');
  Engine(fake.address()).stream(call, [](const nlohmann::json&) {}, {});
  const auto requests = fake.await_requests(2);
  REQUIRE(requests.size() == 2);
  CHECK(requests[1].ends_with("\r\n\r\n" + call.body));
  CHECK(requests[1].find("Content-Type: application/x-tar\r\n") != std::string::npos);
}
