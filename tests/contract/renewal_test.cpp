// SPDX-License-Identifier: Apache-2.0
//
// Native: the init of one box serves its slot's next, unless something of the last could be left.
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <numeric>
#include <set>
#include <sstream>
#include <string>
#include <thread>

using contract::run;

namespace {

std::string output(sandbox::Session& session, std::vector<std::string> argv) {
  sandbox::Command command;
  command.argv = std::move(argv);
  sandbox::CapturedOutput captured;
  REQUIRE(session.run(command, captured).ok());
  return captured.standard_output().bytes();
}

/// In the order of their texts: the kernel's tells which were made last.
std::string mounts(sandbox::Session& session) {
  std::istringstream lines(
      output(session, {"/usr/bin/cut", "-d", " ", "-f", "4-6,8-9", "/proc/self/mountinfo"}));
  std::set<std::string> sorted;
  for (std::string line; std::getline(lines, line);) {
    sorted.insert(line + '\n');
  }
  return std::accumulate(sorted.begin(), sorted.end(), std::string());
}

/// When /proc was mounted, which an init does once. Numbers of namespaces are given out again.
std::string life(sandbox::Session& session) {
  return output(session, {"/usr/bin/stat", "-c", "%z", "/proc"});
}

/// The life of a box that is used as `use` says, once its place is free again.
template <class Use>
std::string life_of_box(Use use, const sandbox::Environment& environment = {}) {
  std::string answer;
  {
    const auto session = contract::open_box(environment);
    use(*session);
    answer = life(*session);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds{20});
  return answer;
}

void nothing(sandbox::Session&) {}

bool renews() {
  return contract::backend().name() == "native" && ::geteuid() == 0;
}

/// Lives of a box, of one in the same place that is used as `use` says, and of the next there. On a
/// busy machine the place may not be free in time.
struct Lives {
  std::string first;
  std::string next;
};
template <class Use>
Lives lives_around(Use use, const sandbox::Environment& environment = {}) {
  for (int i = 0; i < 20; ++i) {
    const std::string first = life_of_box(nothing);
    if (life_of_box(use, environment) == first) {
      return {first, life_of_box(nothing)};
    }
  }
  FAIL("no init served two boxes");
  return {};
}

template <class Use>
bool goes_on_after(Use use, const sandbox::Environment& environment = {}) {
  for (int i = 0; i < 5; ++i) {
    const Lives lives = lives_around(use, environment);
    if (lives.first == lives.next) {
      return true;
    }
  }
  return false;
}

} // namespace

TEST_CASE("an init serves one box after another, of whatever size") {
  if (!renews()) {
    return;
  }
  CHECK(goes_on_after(nothing));
  sandbox::Environment small;
  small.disk_bytes = sandbox::MiB;
  const auto is_small = [](sandbox::Session& session) {
    CHECK(run(session, {"fill", "/box/large"}).result.usage.disk_used_bytes <= sandbox::MiB);
  };
  CHECK(goes_on_after(is_small, small));
  const auto is_large = [](sandbox::Session& session) {
    CHECK(run(session, {"leave-file", "/box/file", "2048"}).result.ok());
  };
  CHECK(goes_on_after(is_large));
}

TEST_CASE("each box of an init begins as the first did") {
  const auto looks = [](sandbox::Session& session) {
    // The program, and nobody else but init, which it cannot see.
    return output(session, {"/bin/ls", "/proc", "/box", "/tmp", "/dev/shm"}) +
           output(session, {"/usr/bin/stat", "-c", "%a %u %g %h", "/box", "/tmp"}) +
           mounts(session) + output(session, {"/bin/readlink", "/proc/self"});
  };
  std::string first;
  const auto remembers = [&](sandbox::Session& session) { first = looks(session); };
  const auto compares = [&](sandbox::Session& session) { CHECK(looks(session) == first); };
  const auto spoils = [](sandbox::Session& session) {
    run(session, {"daemon"});
    run(session, {"tree"});
    run(session, {"closed-folder"});
    run(session, {"put", "/tmp/mark", "x"});
  };
  if (contract::backend().name() != "native") {
    return; // a container is never another's
  }
  life_of_box(remembers);
  life_of_box(spoils);
  life_of_box(compares);
}

TEST_CASE("a box that used its IPC namespace is its init's last") {
  if (!renews()) {
    return;
  }
  const Lives lives = lives_around(
      [](sandbox::Session& session) { CHECK(run(session, {"number-objects"}).result.ok()); });
  CHECK(lives.next != lives.first);
}
