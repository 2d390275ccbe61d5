// SPDX-License-Identifier: Apache-2.0
#include "common/backend.hpp"
#include "contract/box.hpp"

#include <sandbox/pool.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

using contract::error_of;
using sandbox::ErrorCode;
using sandbox::Pool;
using sandbox::PoolOptions;
using sandbox::PoolStatistics;
using sandbox::Recipe;
using sandbox::Report;
using sandbox::Submission;
using sandbox::Verdict;
using namespace std::chrono_literals;

namespace {

/// The probe is the source, its arguments say what it does.
const Recipe& recipe() {
  static const Recipe parsed = sandbox::parse_recipe("image: " + common::image() + R"(
schema: 1
id: probe
title: The probe
extensions: [probe]
source: probe
compile:
  argv: [chmod, "755", "{source}"]
run:
  argv: ["./{source}", "{args}"]
  limits: {wall_time: 60s}
native:
  executables: [chmod]
)",
                                                     "probe.yaml");
  return parsed;
}

Submission submission(std::vector<std::string> args) {
  Submission made;
  made.files = {{"", contract::probe()}};
  made.args = std::move(args);
  return made;
}

Report run(Pool& pool, std::vector<std::string> args) {
  return pool.submit(recipe(), submission(std::move(args))).get();
}

std::string out(const Report& report) {
  return report.last().standard_output.bytes();
}

PoolOptions options(unsigned slots, unsigned warm_boxes) {
  PoolOptions made;
  made.slots = slots;
  made.warm_boxes = warm_boxes;
  return made;
}

/// What happens in the background is waited for.
bool comes_true(const Pool& pool, const std::function<bool(const PoolStatistics&)>& wanted) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!wanted(pool.statistics())) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

bool becomes_warm(const Pool& pool, std::size_t boxes) {
  return comes_true(pool, [&](const PoolStatistics& now) { return now.warm == boxes; });
}

bool runs(const Pool& pool, std::size_t submissions) {
  return comes_true(pool, [&](const PoolStatistics& now) { return now.running == submissions; });
}

std::size_t count_threads() {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                    std::filesystem::directory_iterator()));
}

} // namespace

#ifdef __SANITIZE_THREAD__
// The count of an exception's owners is kept inside libstdc++, where the sanitizer does not look:
// it takes the last owner's release for a race with what another has read.
extern "C" const char* __tsan_default_suppressions() {
  return "race:std::__exception_ptr::exception_ptr::_M_release\n";
}
#endif

TEST_CASE("a pool's second run of an environment has a box that was opened ahead", "[pool]") {
  Pool pool(contract::backend(), options(1, 2));
  CHECK(run(pool, {"exit", "0"}).ok());
  REQUIRE(becomes_warm(pool, 2));
  CHECK(run(pool, {"exit", "0"}).ok());
  CHECK(becomes_warm(pool, 2));
  const PoolStatistics now = pool.statistics();
  CHECK(now.cold_opens == 1);
  CHECK(now.warm_hits == 1);
  CHECK(now.opened_ahead == 3);
  CHECK(now.failed_opens == 0);
}

TEST_CASE("a pool that was told what to prepare needs no cold box", "[pool]") {
  Pool pool(contract::backend(), options(1, 1));
  pool.prepare(recipe());
  REQUIRE(becomes_warm(pool, 1));
  CHECK(run(pool, {"exit", "0"}).ok());
  CHECK(pool.statistics().cold_opens == 0);
}

TEST_CASE("a box of a pool is used once", "[pool]") {
  Pool pool(contract::backend(), options(1, 1));
  pool.prepare(recipe());
  for (const std::string left : {"left", "/tmp/left", "/dev/shm/left"}) {
    REQUIRE(becomes_warm(pool, 1));
    CHECK(run(pool, {"put", left, "x"}).ok());
    REQUIRE(becomes_warm(pool, 1));
    CHECK(out(run(pool, {"show", left})) == left + ": No such file or directory\n");
  }
  CHECK(pool.statistics().warm_hits == 6);
}

TEST_CASE("a box that was opened ahead confines and measures as any other", "[pool]") {
  Pool pool(contract::backend(), options(1, 1));
  pool.prepare(recipe());
  REQUIRE(becomes_warm(pool, 1));
  std::this_thread::sleep_for(300ms);
  const Report report = run(pool, {"burn", "0.1"});
  CHECK(report.ok());
  CHECK(report.last().result.usage.wall_time < 10s);
  CHECK(report.last().result.usage.cpu_time >= 100ms);
  CHECK(report.last().result.usage.cpu_time < 1s);
  REQUIRE(becomes_warm(pool, 1));
  CHECK(run(pool, {"burn", "100"}).last().result.verdict == Verdict::cpu_time_limit);
}

TEST_CASE("a pool serves many threads, each with its own output", "[pool][threads]") {
  Pool pool(contract::backend(), options(4, 2));
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        std::vector<std::future<Report>> futures;
        for (int k = 0; k < 25; ++k) {
          futures.push_back(
              pool.submit(recipe(), submission({"args", std::to_string(i), std::to_string(k)})));
        }
        for (int k = 0; k < 25; ++k) {
          const std::string expected = std::to_string(i) + '\0' + std::to_string(k) + '\0';
          right += out(futures[static_cast<std::size_t>(k)].get()) == expected ? 1 : 0;
        }
      });
    }
  }
  CHECK(right == 200);
  pool.drain();
  const PoolStatistics now = pool.statistics();
  CHECK(now.finished == 200);
  CHECK(now.warm_hits + now.cold_opens == 200);
  CHECK(now.lost == 0);
}

TEST_CASE("a stop request ends a program that a pool runs", "[pool]") {
  Pool pool(contract::backend(), options(1, 0));
  std::stop_source stop;
  auto future = pool.submit(recipe(), submission({"sleep", "100"}), {}, stop.get_token());
  REQUIRE(runs(pool, 1));
  std::this_thread::sleep_for(100ms);
  stop.request_stop();
  CHECK(future.get().last().result.verdict == Verdict::cancelled);
}

TEST_CASE("a full pool refuses, and a stop request makes room", "[pool]") {
  PoolOptions small = options(1, 0);
  small.max_waiting = 1;
  Pool pool(contract::backend(), small);
  std::stop_source stop;
  auto first = pool.submit(recipe(), submission({"sleep", "100"}), {}, stop.get_token());
  REQUIRE(runs(pool, 1));
  std::stop_source stop_second;
  auto second = pool.submit(recipe(), submission({"exit", "0"}), {}, stop_second.get_token());
  CHECK(error_of([&] { pool.submit(recipe(), submission({"exit", "0"})); }) == ErrorCode::resource);
  stop_second.request_stop();
  CHECK(second.get().last().result.verdict == Verdict::cancelled);
  auto third = pool.submit(recipe(), submission({"exit", "0"}));
  stop.request_stop();
  CHECK(third.get().ok());
}

TEST_CASE("what a run throws comes through the future", "[pool]") {
  Pool pool(contract::backend(), options(1, 1));
  auto future = pool.submit(recipe(), Submission{});
  CHECK(error_of([&] { future.get(); }) == ErrorCode::invalid_argument);
  Recipe missing = recipe();
  missing.run.argv = {"/no/such/program"};
  future = pool.submit(missing, submission({}));
  CHECK(error_of([&] { future.get(); }) == ErrorCode::not_found);
}

TEST_CASE("boxes that nobody uses are closed", "[pool]") {
  PoolOptions brief = options(1, 2);
  brief.warm_expiry =
      contract::backend().name() == "docker" ? 10s : 3s; // an engine takes a while for two
  Pool pool(contract::backend(), brief);
  pool.prepare(recipe());
  CHECK(becomes_warm(pool, 2));
  CHECK(comes_true(pool, [](const PoolStatistics& now) { return now.expired == 2; }));
  CHECK(pool.statistics().warm == 0);
}

TEST_CASE("a pool that is destroyed cancels and leaves nothing", "[pool]") {
  const auto use = [] {
    std::future<Report> running;
    std::future<Report> waiting;
    {
      Pool pool(contract::backend(), options(1, 4));
      pool.prepare(recipe());
      CHECK(becomes_warm(pool, 4));
      running = pool.submit(recipe(), submission({"sleep", "100"}));
      CHECK(runs(pool, 1));
      waiting = pool.submit(recipe(), submission({"sleep", "100"}));
    }
    CHECK(running.get().last().result.verdict == Verdict::cancelled);
    CHECK(waiting.get().last().result.verdict == Verdict::cancelled);
  };
  use();
  const contract::Holdings before = contract::holdings();
  const std::size_t threads = count_threads();
  constexpr int times = 20;
  for (int i = 0; i < times; ++i) {
    use();
  }
  const contract::Holdings after = contract::holdings();
  CHECK(count_threads() <= threads);
  CHECK(after.children == before.children);
  // A backend may keep more places of boxes than before, but not one of each of a hundred boxes.
  CHECK(after.descriptors <= before.descriptors + 64);
}
