// SPDX-License-Identifier: Apache-2.0
#include "unit/pool/fake_backend.hpp"

#include <sandbox/pool.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <thread>

using fake::Host;
using sandbox::Error;
using sandbox::ErrorCode;
using sandbox::Pool;
using sandbox::PoolOptions;
using sandbox::Recipe;
using sandbox::Report;
using sandbox::RunOptions;
using sandbox::Submission;
using sandbox::Verdict;
using namespace std::chrono_literals;

namespace {

Recipe recipe(const std::string& action, const std::string& image = "image") {
  Recipe made;
  made.id = "fake";
  made.source_name = "source";
  made.image = image;
  made.run.argv = {action, "{args}"};
  return made;
}

Submission with(const std::string& arg) {
  Submission made;
  made.files = {{}};
  made.args = {arg};
  return made;
}

PoolOptions options(unsigned slots, unsigned warm_boxes = 0) {
  PoolOptions made;
  made.slots = slots;
  made.warm_boxes = warm_boxes;
  return made;
}

ErrorCode error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  FAIL("no Error was thrown");
  return {};
}

bool ready(const std::future<Report>& future) {
  return future.wait_for(0s) == std::future_status::ready;
}

Verdict verdict(std::future<Report>& future) {
  return future.get().last().result.verdict;
}

std::string out(std::future<Report>& future) {
  return future.get().last().standard_output.bytes();
}

/// Waits for what the keepers do.
void wait_for(const Pool& pool, const std::function<bool(const sandbox::PoolStatistics&)>& wanted) {
  while (!wanted(pool.statistics())) {
    std::this_thread::sleep_for(1ms);
  }
}

void wait_warm(const Pool& pool, std::size_t boxes) {
  wait_for(pool, [&](const auto& now) { return now.warm == boxes; });
}

struct Fixture {
  Host host;
  fake::Backend backend{host};
};

} // namespace

#ifdef __SANITIZE_THREAD__
// The count of an exception's owners is kept inside libstdc++, where the sanitizer does not look:
// it takes the last owner's release for a race with what another has read.
extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n";
}
#endif

TEST_CASE_METHOD(Fixture, "a pool runs submissions in the order they came") {
  Pool pool(backend, options(1));
  auto held = pool.submit(recipe("hold"), with("first"));
  std::vector<std::future<Report>> futures;
  std::vector<std::string> expected{"first"};
  for (int i = 0; i < 50; ++i) {
    expected.push_back(std::to_string(i));
    futures.push_back(pool.submit(recipe("say"), with(expected.back())));
  }
  host.let_go();
  pool.drain();
  CHECK(ready(held));
  for (int i = 0; i < 50; ++i) {
    REQUIRE(ready(futures[static_cast<std::size_t>(i)]));
    CHECK(out(futures[static_cast<std::size_t>(i)]) == std::to_string(i));
  }
  CHECK(host.get(&Host::ran) == expected);
}

TEST_CASE_METHOD(Fixture, "a pool fills its slots and no more") {
  Pool pool(backend, options(3));
  std::vector<std::future<Report>> futures;
  for (int i = 0; i < 10; ++i) {
    futures.push_back(pool.submit(recipe("hold"), with("x")));
  }
  host.wait([](const Host& now) { return now.running == 3; });
  CHECK(pool.statistics().running == 3);
  CHECK(pool.statistics().waiting == 7);
  host.let_go();
  pool.drain();
  CHECK(host.get(&Host::most_running) == 3);
  CHECK(pool.statistics().finished == 10);
  CHECK(host.get(&Host::live) == 0);
}

TEST_CASE_METHOD(Fixture,
                 "a pool takes as many submissions as may wait, beside those with a slot") {
  PoolOptions bounded = options(2);
  bounded.max_waiting = GENERATE(0U, 3U);
  Pool pool(backend, bounded);
  std::vector<std::future<Report>> futures;
  for (std::size_t i = 0; i < 2 + bounded.max_waiting; ++i) {
    futures.push_back(pool.submit(recipe("hold"), with("x")));
  }
  CHECK(error_of([&] { pool.submit(recipe("say"), with("x")); }) == ErrorCode::resource);
  host.let_go();
  pool.drain();
  CHECK_NOTHROW(pool.submit(recipe("say"), with("x")).get());
}

TEST_CASE_METHOD(Fixture, "a stop request ends what runs") {
  Pool pool(backend, options(1));
  std::stop_source stop;
  auto future = pool.submit(recipe("hold"), with("x"), {}, stop.get_token());
  host.wait([](const Host& now) { return now.running == 1; });
  stop.request_stop();
  CHECK(verdict(future) == Verdict::cancelled);
}

TEST_CASE_METHOD(Fixture, "a stop request makes what waits ready at once, unrun") {
  Pool pool(backend, options(1));
  auto held = pool.submit(recipe("hold"), with("held"));
  host.wait([](const Host& now) { return now.running == 1; });
  std::stop_source stop;
  Recipe compiled = recipe("say");
  compiled.compile = compiled.run;
  auto waiting = pool.submit(compiled, with("waiting"), {}, stop.get_token());
  stop.request_stop();
  REQUIRE(ready(waiting));
  const Report report = waiting.get();
  CHECK(report.language == "fake");
  CHECK(report.stages.size() == 1);
  CHECK(report.last().stage == sandbox::Stage::compile);
  CHECK(report.last().result.verdict == Verdict::cancelled);
  CHECK(report.last().result.evidence.observed == "stop requested before a slot was free");
  CHECK(pool.statistics().waiting == 0);
  host.let_go();
  pool.drain();
  CHECK(host.get(&Host::ran) == std::vector<std::string>{"held"});
}

TEST_CASE_METHOD(Fixture, "a stop request that is there already opens no box") {
  Pool pool(backend, options(1));
  std::stop_source stop;
  stop.request_stop();
  auto future = pool.submit(recipe("say"), with("x"), {}, stop.get_token());
  REQUIRE(ready(future));
  CHECK(verdict(future) == Verdict::cancelled);
  pool.drain();
  CHECK(host.get(&Host::opens) == 0);
  CHECK(pool.statistics().finished == 1);
}

TEST_CASE_METHOD(Fixture, "a sink may ask for the stop of its own run") {
  Pool pool(backend, options(1));
  std::stop_source stop;
  sandbox::CallbackSink sink([&](sandbox::Stream, std::string_view) { stop.request_stop(); });
  RunOptions run_options;
  run_options.sink = &sink;
  auto future = pool.submit(recipe("say"), with("x"), run_options, stop.get_token());
  CHECK(verdict(future) == Verdict::ok);
}

TEST_CASE_METHOD(Fixture, "what a run throws comes through the future as it is") {
  Pool pool(backend, options(1));
  sandbox::CallbackSink sink(
      [](sandbox::Stream, std::string_view) { throw std::logic_error("enough"); });
  RunOptions run_options;
  run_options.sink = &sink;
  auto future = pool.submit(recipe("say"), with("x"), run_options);
  CHECK_THROWS_AS(future.get(), std::logic_error);
  future = pool.submit(recipe("say"), Submission{});
  CHECK(error_of([&] { future.get(); }) == ErrorCode::invalid_argument);
}

TEST_CASE_METHOD(Fixture, "a pool that is shut down cancels everything and takes nothing") {
  Pool pool(backend, options(1, 1));
  auto running = pool.submit(recipe("hold"), with("x"));
  auto waiting = pool.submit(recipe("hold"), with("x"));
  host.wait([](const Host& now) { return now.running == 1; });
  pool.shutdown();
  CHECK(ready(waiting));
  CHECK(verdict(waiting) == Verdict::cancelled);
  pool.drain();
  CHECK(verdict(running) == Verdict::cancelled);
  CHECK(error_of([&] { pool.submit(recipe("say"), with("x")); }) == ErrorCode::resource);
  pool.shutdown();
}

TEST_CASE_METHOD(Fixture, "boxes are opened ahead and handed out") {
  Pool pool(backend, options(1, 2));
  pool.submit(recipe("say"), with("x")).get();
  wait_warm(pool, 2);
  pool.submit(recipe("say"), with("x")).get();
  pool.submit(recipe("say", "other"), with("x")).get();
  wait_warm(pool, 4);
  const auto now = pool.statistics();
  CHECK(now.cold_opens == 2);
  CHECK(now.warm_hits == 1);
  CHECK(now.opened_ahead == 5);
  CHECK(host.get(&Host::live) == 4);
}

TEST_CASE_METHOD(Fixture, "boxes are opened ahead for what is announced") {
  Pool pool(backend, options(1, 2));
  pool.prepare(recipe("say"));
  wait_warm(pool, 2);
  CHECK(host.get(&Host::ran).empty());
  pool.submit(recipe("say"), with("x")).get();
  CHECK(pool.statistics().cold_opens == 0);
}

TEST_CASE_METHOD(Fixture, "no box is opened ahead when none is wanted") {
  PoolOptions none = options(1, GENERATE(0U, 2U));
  none.max_warm_boxes = 0;
  Pool pool(backend, none);
  pool.prepare(recipe("say"));
  for (int i = 0; i < 3; ++i) {
    pool.submit(recipe("say"), with("x")).get();
  }
  CHECK(pool.statistics().cold_opens == 3);
  CHECK(host.get(&Host::opens) == 3);
}

TEST_CASE_METHOD(Fixture, "a box that died while it waited is not handed out") {
  Pool pool(backend, options(1, 2));
  pool.prepare(recipe("say"));
  wait_warm(pool, 2);
  host.set(&Host::boxes_die, true);
  auto future = pool.submit(recipe("say"), with("x"));
  CHECK(out(future) == "x");
  CHECK(pool.statistics().lost >= 2);
  CHECK(pool.statistics().cold_opens == 1);
}

TEST_CASE_METHOD(Fixture, "boxes of an environment that nobody uses are closed") {
  PoolOptions brief = options(1, 2);
  brief.warm_expiry = 50ms;
  Pool pool(backend, brief);
  pool.submit(recipe("say"), with("x")).get();
  wait_for(pool, [](const auto& now) { return now.expired == 2; });
  host.wait([](const Host& now) { return now.live == 0; });
  CHECK(pool.statistics().warm == 0);
}

TEST_CASE_METHOD(Fixture, "boxes ready for all environments stay within the bound") {
  PoolOptions bounded = options(1, 2);
  bounded.max_warm_boxes = 3;
  Pool pool(backend, bounded);
  for (int i = 0; i < 40; ++i) {
    pool.submit(recipe("say", std::to_string(i % 7)), with("x")).get();
  }
  wait_warm(pool, 3);
  pool.prepare(recipe("say", "one more"));
  wait_for(pool, [](const auto& now) { return now.displaced > 0 && now.warm == 3; });
  CHECK(host.get(&Host::most_live) <= 4);
}

TEST_CASE_METHOD(Fixture, "what cannot be opened ahead is counted, told, and not tried in a loop") {
  Pool pool(backend, options(1, 1));
  host.set<std::function<void()>>(&Host::opening,
                                  [] { throw Error(ErrorCode::not_found, "image", "is missing"); });
  pool.prepare(recipe("say"));
  wait_for(pool, [](const auto& now) { return now.failed_opens >= 2; });
  CHECK(pool.statistics().last_failure ==
        Error(ErrorCode::not_found, "image", "is missing").what());
  auto future = pool.submit(recipe("say"), with("x"));
  CHECK(error_of([&] { future.get(); }) == ErrorCode::not_found);
  CHECK(host.get(&Host::opens) <= 8);
  host.set<std::function<void()>>(&Host::opening, {});
  wait_warm(pool, 1);
}

TEST_CASE_METHOD(Fixture, "a program is started ahead where recipe and pool say so") {
  PoolOptions with_programs = options(1, 1);
  with_programs.interpreters_ahead = GENERATE(true, false);
  Recipe allowed = recipe("say");
  allowed.ahead = GENERATE(true, false);
  const bool both = with_programs.interpreters_ahead && allowed.ahead;
  Pool pool(backend, with_programs);
  pool.prepare(allowed);
  wait_warm(pool, 1);
  CHECK(host.get(&Host::started_ahead) == (both ? 1 : 0));
  const Report report = pool.submit(allowed, with("x")).get();
  CHECK(report.last().result.interpreter_ahead == both);
  CHECK(pool.statistics().cold_opens == 0);
}

TEST_CASE_METHOD(Fixture, "a program that does not start ahead is tried a few times") {
  PoolOptions with_programs = options(1, 1);
  with_programs.interpreters_ahead = true;
  Recipe allowed = recipe("say");
  allowed.run.argv = {"say", "argument"};
  allowed.ahead = true;
  host.set(&Host::refuses_ahead, true);
  Pool pool(backend, with_programs);
  pool.prepare(allowed);
  for (int i = 0; i < 6; ++i) {
    wait_warm(pool, 1);
    CHECK(pool.submit(allowed, {.files = {{}}}).get().ok());
  }
  wait_warm(pool, 1);
  const auto now = pool.statistics();
  CHECK(now.failed_ahead == 3);
  CHECK(now.failed_opens == 0);
  CHECK(now.cold_opens == 0);
  CHECK(now.last_failure == "start ahead: argument");
  CHECK(host.get(&Host::started_ahead) == 3);
}

TEST_CASE_METHOD(Fixture, "a box that dies of what is started ahead is none that is ready") {
  PoolOptions with_programs = options(1, 1);
  with_programs.interpreters_ahead = true;
  Recipe allowed = recipe("say");
  allowed.ahead = true;
  allowed.run.argv = {"say", "argument"};
  host.set(&Host::refuses_ahead, true);
  host.set(&Host::boxes_die, true);
  Pool pool(backend, with_programs);
  pool.prepare(allowed);
  wait_warm(pool, 1); // without a program
  const auto now = pool.statistics();
  CHECK(now.failed_ahead == 3);
  CHECK(now.failed_opens == 3);
  CHECK(now.opened_ahead == 1);
  CHECK(host.get(&Host::live) == 1);
}

TEST_CASE_METHOD(Fixture, "boxes in which nothing is started are not kept apart by it") {
  Pool pool(backend, options(1, 1));
  Recipe allowed = recipe("say");
  allowed.ahead = true;
  pool.prepare(allowed);
  wait_warm(pool, 1);
  allowed.ahead = false;
  CHECK(pool.submit(allowed, with("x")).get().last().result.ok());
  CHECK(pool.statistics().warm_hits == 1);
}

TEST_CASE_METHOD(Fixture, "a backend may throw anything") {
  Pool pool(backend, options(1, 1));
  host.set<std::function<void()>>(&Host::opening, [] { throw 1; });
  pool.prepare(recipe("say"));
  wait_for(pool, [](const auto& now) { return now.failed_opens >= 1; });
  CHECK(pool.statistics().last_failure == "unknown");
  auto future = pool.submit(recipe("say"), with("x"));
  CHECK_THROWS_AS(future.get(), int);
}

TEST_CASE_METHOD(Fixture, "a pool is destroyed while boxes are being opened") {
  std::jthread later;
  std::future<Report> cold;
  {
    Pool pool(backend, options(2, 2));
    host.set<std::function<void()>>(
        &Host::opening, [this] { host.wait([](const Host& now) { return now.gate_open; }); });
    pool.prepare(recipe("say"));
    cold = pool.submit(recipe("hold"), with("x"));
    host.wait([](const Host& now) { return now.opens == 3; });
    later = std::jthread([this] {
      std::this_thread::sleep_for(50ms);
      host.let_go();
    });
  }
  CHECK(ready(cold));
  CHECK(host.get(&Host::live) == 0);
}

TEST_CASE_METHOD(Fixture, "the threads of a pool leave signals to the application's") {
  std::atomic<int> wrong{0};
  host.set<std::function<void()>>(&Host::opening, [&] {
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    const bool right = sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGCHLD) == 1 &&
                       sigismember(&mask, SIGPROF) == 1 && sigismember(&mask, SIGSEGV) == 0;
    wrong += right ? 0 : 1;
  });
  {
    Pool pool(backend, options(1, 1));
    pool.submit(recipe("say"), with("x")).get();
    wait_warm(pool, 1);
  }
  CHECK(wrong == 0);
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  CHECK(sigismember(&mask, SIGTERM) == 0);
}

TEST_CASE_METHOD(Fixture, "options that cannot be meant are refused") {
  PoolOptions wrong;
  SECTION("expiry") {
    wrong.warm_expiry = 0ms;
  }
  SECTION("slots") {
    wrong.slots = 5000;
  }
  SECTION("boxes") {
    wrong.max_warm_boxes = 5000;
  }
  CHECK(error_of([&] { Pool(backend, wrong); }) == ErrorCode::invalid_argument);
}

TEST_CASE_METHOD(Fixture, "no number of slots means one for each core") {
  PoolOptions by_default;
  by_default.warm_expiry = std::chrono::milliseconds::max();
  Pool pool(backend, by_default);
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  std::vector<std::future<Report>> futures;
  for (int i = 0; i < cores + 1; ++i) {
    futures.push_back(pool.submit(recipe("hold"), with("x")));
  }
  host.wait([&](const Host& now) { return now.running == cores; });
  host.let_go();
  pool.drain();
  CHECK(host.get(&Host::most_running) == cores);
}

TEST_CASE_METHOD(Fixture, "submissions, stop requests and destruction from many threads") {
  std::atomic<int> answered{0};
  for (int round = 0; round < 20; ++round) {
    PoolOptions small = options(4, 2);
    small.warm_expiry = 1ms;
    small.max_warm_boxes = 3;
    auto pool = std::make_unique<Pool>(backend, small);
    std::vector<std::stop_source> stops(40);
    std::vector<std::future<Report>> futures(40);
    std::jthread stopper;
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
          for (std::size_t k = 10 * i; k < 10 * i + 10; ++k) {
            futures[k] = pool->submit(recipe("hold", std::to_string(k % 5)), with("x"), {},
                                      stops[k].get_token());
          }
        });
        threads.emplace_back([&, i] {
          for (std::size_t k = 10 * i; k < 10 * i + 5; ++k) {
            stops[k].request_stop();
          }
        });
      }
    }
    stopper = std::jthread([&] {
      for (std::stop_source& stop : stops) {
        stop.request_stop();
      }
    });
    pool.reset();
    for (auto& future : futures) {
      answered += verdict(future) == Verdict::cancelled ? 1 : 0;
    }
  }
  CHECK(answered == 800);
  CHECK(host.get(&Host::live) == 0);
}
