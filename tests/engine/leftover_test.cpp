// SPDX-License-Identifier: Apache-2.0
//
// After many boxes, and after applications that were killed at any moment, nothing is left.
#include "docker/owner.hpp"
#include "engine/support.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <random>
#include <set>
#include <thread>

using namespace sandbox;
using nlohmann::json;

namespace {

/// What may not grow.
struct Held {
  contract::Holdings process{contract::holdings()};
  std::size_t threads{engine_test::count_threads()};
  std::vector<std::string> networks{engine_test::networks()};
  std::vector<std::string> volumes{others_volumes()};

  static std::vector<std::string> others_volumes() {
    auto all = engine_test::volumes();
    std::erase_if(all,
                  [](const std::string& name) { return name.starts_with("libsandbox-init-"); });
    return all;
  }
};

void check_nothing_more(const Held& before) {
  CHECK(engine_test::wait_until([] { return engine_test::own_containers().empty(); }));
  const Held after;
  CHECK(after.process.descriptors == before.process.descriptors);
  CHECK(after.process.children == before.process.children);
  CHECK(after.process.mounts <= before.process.mounts);
  CHECK(after.process.rss_bytes < before.process.rss_bytes + 32 * MiB);
  CHECK(after.threads == before.threads);
  CHECK(after.networks == before.networks);
  CHECK(after.volumes == before.volumes);
}

/// Commands that were run in our containers beside their init, since then.
std::size_t count_execs(std::chrono::system_clock::time_point since) {
  const auto seconds = [](std::chrono::system_clock::time_point time) {
    return std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
  };
  docker::Call call{docker::Verb::get, "/events"};
  const json filters{
      {"event", {"exec_create"}},
      {"label", {std::string(docker::owner_label) + "=" + docker::Owner::self().text()}}};
  call.query = {{"since", seconds(since)},
                {"until", seconds(std::chrono::system_clock::now())},
                {"filters", filters.dump()}};
  const std::string events = engine_test::engine().expect(call, {200}).body;
  return static_cast<std::size_t>(std::count(events.begin(), events.end(), '\n'));
}

/// Starts this program again as an application that runs boxes without end; returns when it is
/// about to open the first.
pid_t start_application() {
  int ready[2];
  REQUIRE(::pipe2(ready, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(ready[1], STDOUT_FILENO);
    ::setenv(engine_test::application_mark, "1", 1);
    ::execl("/proc/self/exe", "application", "[.application]", nullptr);
    ::_exit(127);
  }
  ::close(ready[1]);
  char byte = 0;
  const bool started = ::read(ready[0], &byte, 1) == 1;
  ::close(ready[0]);
  REQUIRE(started);
  return child;
}

} // namespace

// Run by a test below as a process of its own.
TEST_CASE("an application that runs boxes without end", "[.application]") {
  REQUIRE(::write(STDOUT_FILENO, "r", 1) == 1);
  for (int i = 0; i < 100; ++i) {
    contract::run({"sleep", "0.02"});
  }
}

TEST_CASE("500 runs in a row leave nothing", "[.stress]") {
  REQUIRE(contract::run({"exit", "0"}).result.ok());
  REQUIRE(engine_test::wait_until([] { return engine_test::own_containers().empty(); }));
  const Held before;
  const auto since = std::chrono::system_clock::now();
  const auto start = engine_test::Clock::now();
  constexpr int runs = 500;
  for (int i = 0; i < runs; ++i) {
    REQUIRE(contract::run({"exit", "0"}).result.ok());
  }
  WARN(engine_test::seconds_since(start) / runs * 1000 << " ms each");
  check_nothing_more(before);
  CHECK(count_execs(since) == 0);
}

TEST_CASE("100 runs, 8 at once, leave nothing", "[.stress]") {
  REQUIRE(contract::run({"exit", "0"}).result.ok());
  REQUIRE(engine_test::wait_until([] { return engine_test::own_containers().empty(); }));
  const Held before;
  std::atomic<int> left{100};
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        while (left-- > 0) {
          try {
            right += contract::run({"exit", "0"}).result.ok() ? 1 : 0;
          } catch (const Error& error) {
            std::fprintf(stderr, "%s\n", error.what());
          }
        }
      });
    }
  }
  CHECK(right == 100);
  check_nothing_more(before);
}

TEST_CASE("100 applications that are killed at any moment leave nothing", "[.stress]") {
  REQUIRE(contract::run({"exit", "0"}).result.ok());
  const Held before;
  std::mt19937 random{20240609};
  std::uniform_int_distribution<useconds_t> moment{0, 400'000};
  std::set<int> killed;
  for (int i = 0; i < 100; ++i) {
    const pid_t application = start_application();
    ::usleep(moment(random));
    ::kill(application, SIGKILL);
    ::waitpid(application, nullptr, 0);
    killed.insert(application);
  }
  const auto left = [&] {
    std::size_t count = 0;
    for (const json& each : engine_test::get(
             "/containers/json",
             {{"all", "1"}, {"filters", json{{"label", {docker::owner_label}}}.dump()}})) {
      const auto owner =
          docker::parse_owner(each.at("Labels").at(docker::owner_label).get<std::string>());
      count += owner && killed.contains(owner->pid) ? 1 : 0;
    }
    return count;
  };
  WARN(left() << " containers left when the last was killed");
  ::sleep(2); // what the engine was asked for last
  WARN(contract::backend().collect_garbage(false).size() << " collected");
  CHECK(engine_test::wait_until([&] { return left() == 0; }));
  check_nothing_more(before);
}
