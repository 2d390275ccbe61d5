// SPDX-License-Identifier: Apache-2.0
//
// An engine that goes away, falls silent or talks nonsense: an Error in bounded time, never a
// verdict, and nothing left.
#include "engine/proxy.hpp"
#include "engine/support.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <optional>
#include <random>
#include <thread>

using namespace sandbox;
using engine_test::Clock;
using engine_test::Proxy;
using engine_test::seconds_since;
using engine_test::wait_until;

namespace {

bool nothing_left() {
  return wait_until([] { return engine_test::own_containers().empty(); }, std::chrono::seconds{40});
}

/// The error that `act` throws; nothing when it throws none.
std::optional<ErrorCode> error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    UNSCOPED_INFO(error.what());
    return error.code();
  }
  return std::nullopt;
}

bool is_loss(std::optional<ErrorCode> code) {
  return code == ErrorCode::backend_lost || code == ErrorCode::setup_failed;
}

void for_seconds(Command& command, int seconds) {
  command.limits.wall_time = std::chrono::seconds{seconds};
}

/// A program that says something again and again, with a fault while it does.
std::optional<ErrorCode> run_with(Session& session, const std::function<void()>& fault) {
  std::jthread spoiler([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{400});
    fault();
  });
  return error_of([&] {
    CapturedOutput output;
    Command command;
    command.argv = {"/bin/sh", "-c", "while :; do echo tick; sleep 0.05; done"};
    for_seconds(command, 3);
    const Result result = session.run(command, output);
    UNSCOPED_INFO("verdict " << to_string(result.verdict));
  });
}

/// How many bytes pass while a box is opened.
std::size_t measure_open(Proxy& proxy) {
  const auto backend = engine_test::make_backend(proxy.host());
  contract::open_box(*backend);
  const std::size_t before = proxy.passed();
  auto session = contract::open_box(*backend);
  session->list_files(); // by its answer, all before it has passed
  return proxy.passed() - before;
}

} // namespace

TEST_CASE("an engine that goes away while a box is opened") {
  Proxy proxy;
  const std::size_t whole = measure_open(proxy);
  REQUIRE(nothing_left());
  proxy.refuse_after_cut(true);
  std::mt19937 random{20240607};
  double slowest = 0;
  for (int i = 0; i < 25; ++i) {
    const auto backend = engine_test::make_backend(proxy.host());
    // Most of it is the request to make the container; what comes then is shorter.
    const std::size_t from = i % 2 == 0 ? 1 : whole - whole / 8;
    const std::size_t at = std::uniform_int_distribution<std::size_t>(from, whole)(random);
    INFO("cut after " << at << " of " << whole << " bytes");
    const auto start = Clock::now();
    proxy.cut_after(at);
    const auto code = error_of([&] {
      auto session = contract::open_box(*backend);
      contract::run(*session, {"exit", "0"});
    });
    CHECK((is_loss(code) || code == std::nullopt));
    slowest = std::max(slowest, seconds_since(start));
    // Long enough for whatever is done about it at once to fail too.
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    proxy.refuse(false);
    proxy.cut_after(1U << 30);
    backend->collect_garbage(false);
    CHECK(nothing_left());
  }
  CHECK(slowest < 30);
}

TEST_CASE("a connection that is cut while a box is opened leaves nothing") {
  Proxy proxy;
  const std::size_t whole = measure_open(proxy);
  const auto backend = engine_test::make_backend(proxy.host());
  contract::open_box(*backend);
  REQUIRE(nothing_left());
  std::mt19937 random{20240608};
  for (int i = 0; i < 25; ++i) {
    const std::size_t at = std::uniform_int_distribution<std::size_t>(1, whole)(random);
    INFO("cut after " << at << " of " << whole << " bytes");
    proxy.cut_after(at);
    // It may be made anew at once: an engine that has never seen our init fails so too.
    const auto code = error_of([&] { contract::open_box(*backend); });
    CHECK((!code || is_loss(code)));
    CHECK(nothing_left());
  }
}

TEST_CASE("a connection that is cut at some moment of opening leaves nothing") {
  Proxy proxy;
  const auto backend = engine_test::make_backend(proxy.host());
  contract::open_box(*backend);
  REQUIRE(nothing_left());
  std::mt19937 random{20240610};
  for (int i = 0; i < 40; ++i) {
    const std::chrono::milliseconds at{std::uniform_int_distribution<>(0, 150)(random)};
    INFO("cut after " << at.count() << " ms");
    std::jthread spoiler([&] {
      std::this_thread::sleep_for(at);
      proxy.cut();
    });
    const auto code = error_of([&] { contract::open_box(*backend); });
    CHECK((!code || is_loss(code)));
  }
  CHECK(nothing_left());
}

TEST_CASE("a connection that is cut during a run is no verdict") {
  Proxy proxy;
  const auto backend = engine_test::make_backend(proxy.host());
  for (const bool engine_gone : {false, true}) {
    auto session = contract::open_box(*backend);
    const auto start = Clock::now();
    CHECK(run_with(*session, [&] {
            proxy.refuse(engine_gone);
            proxy.cut();
          }) == ErrorCode::backend_lost);
    CHECK(seconds_since(start) < 20);
    CHECK_FALSE(session->alive());
    session.reset();
    proxy.refuse(false);
    backend->collect_garbage(false);
    CHECK(nothing_left());
  }
}

TEST_CASE("an earlier stage that ran out of memory explains no loss of a later one") {
  Proxy proxy;
  const auto backend = engine_test::make_backend(proxy.host());
  auto session = contract::open_box(*backend);
  const auto first = contract::run(*session, {"eat", "300"});
  REQUIRE(first.result.verdict == Verdict::memory_limit);
  CHECK(run_with(*session, [&] { proxy.cut(); }) == ErrorCode::backend_lost);
}

TEST_CASE("an attached stream that is garbled is no verdict") {
  Proxy proxy;
  const auto backend = engine_test::make_backend(proxy.host());
  const std::pair<const char*, std::function<void(std::string&)>> faults[] = {
      {"unknown origin", [](std::string& bytes) { bytes.at(0) = 7; }},
      {"padding", [](std::string& bytes) { bytes.at(2) = 1; }},
      {"a piece of 4 GiB", [](std::string& bytes) { bytes.replace(4, 4, 4, '\xff'); }},
      {"a frame beyond the largest", [](std::string& bytes) { bytes.replace(8, 4, 4, '\xff'); }},
      {"a frame of no known type", [](std::string& bytes) { bytes.replace(12, 2, 2, '\x7f'); }},
      {"an ending that is none", [](std::string& bytes) { bytes.replace(12, 2, "\x13\0", 2); }},
      {"a byte lost", [](std::string& bytes) { bytes.erase(3, 1); }},
      {"a byte more", [](std::string& bytes) { bytes.insert(0, 1, 'x'); }},
      {"HTTP", [](std::string& bytes) { bytes = "HTTP/1.1 200 OK\r\n\r\n" + bytes; }},
  };
  for (const auto& [name, fault] : faults) {
    INFO(name);
    auto session = contract::open_box(*backend);
    const auto start = Clock::now();
    CHECK(run_with(*session, [&] { proxy.garble(fault); }) == ErrorCode::backend_lost);
    CHECK_FALSE(proxy.is_garbling());
    CHECK(seconds_since(start) < 30);
  }
  CHECK(nothing_left());
}

TEST_CASE("an engine that falls silent during a run is given up") {
  Proxy proxy;
  const auto backend = engine_test::make_backend(proxy.host());
  auto session = contract::open_box(*backend);
  const auto start = Clock::now();
  const auto code = run_with(*session, [&] { proxy.stall(true); });
  const double took = seconds_since(start);
  CHECK(code == ErrorCode::backend_lost);
  WARN("given up " << took - 3 << " s after the wall limit");
  CHECK(took < 60);
  proxy.stall(false);
  session.reset();
  CHECK(nothing_left());
}

TEST_CASE("a stream that falls silent during a run is given up soon when the engine answers") {
  // The engine is asked past the proxy's stalled connection.
  Proxy proxy;
  const auto backend = engine_test::make_backend(proxy.host());
  auto session = contract::open_box(*backend);
  const auto boxes = engine_test::own_containers();
  REQUIRE(boxes.size() == 1);
  const auto start = Clock::now();
  const auto code = run_with(*session, [&] {
    docker::Call pause{docker::Verb::post, "/containers/" + boxes.front() + "/pause"};
    engine_test::engine().call(pause);
  });
  CHECK(code == ErrorCode::backend_lost);
  CHECK(seconds_since(start) < 20);
  session.reset();
  CHECK(nothing_left());
}

TEST_CASE("a reader that is slow does not hold up the wall limit") {
  auto session = contract::open_box();
  CallbackSink slow([](Stream, std::string_view) {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  });
  Command command;
  command.argv = {"./probe", "write", "1", "100000000000"};
  command.limits.output_bytes = unlimited;
  command.limits.cpu_time = unlimited_time;
  for_seconds(command, 1);
  const auto start = Clock::now();
  const Result result = session->run(command, slow);
  CHECK(result.verdict == Verdict::wall_time_limit);
  CHECK(result.usage.wall_time < std::chrono::seconds{4});
  CHECK(seconds_since(start) < 20);
}

TEST_CASE("an engine that stalls for a moment costs time and nothing else") {
  Proxy proxy;
  const auto backend = engine_test::make_backend(proxy.host());
  auto session = contract::open_box(*backend);
  std::jthread spoiler([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    proxy.stall(true);
    std::this_thread::sleep_for(std::chrono::milliseconds{800});
    proxy.stall(false);
  });
  CapturedOutput output;
  Command command;
  command.argv = {"/bin/sh", "-c", "echo one; sleep 0.5; echo two"};
  CHECK(session->run(command, output).ok());
  CHECK(output.standard_output().bytes() == "one\ntwo\n");
}
