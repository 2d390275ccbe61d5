// SPDX-License-Identifier: Apache-2.0
#include "host_health.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <functional>
#include <thread>

namespace {

using sandbox::Check;

/// What an engine that comes and goes says.
class Host final : public sandbox::Backend {
 public:
  std::string_view name() const noexcept override { return "host"; }
  std::unique_ptr<sandbox::Session> open(const sandbox::Environment& /*environment*/) override {
    throw sandbox::Error(sandbox::ErrorCode::backend_lost, "open", "away");
  }
  sandbox::Probe probe() override {
    ++asked;
    if (meanwhile) {
      meanwhile();
    }
    return {"host", usable, {{"engine", usable ? Check::Status::ok : Check::Status::missing}}};
  }
  std::vector<sandbox::Leftover> collect_garbage(bool /*dry_run*/) override { return {}; }

  bool usable{true};
  int asked{0};
  std::function<void()> meanwhile{};
};

struct Doubted {
  Host host{};
  worker::Log log{"test", "error"};
  worker::HostHealth health{host, log};
};

} // namespace

TEST_CASE("a host that nobody doubts is not asked", "[host_health]") {
  Doubted test;
  CHECK(test.health.is_well());
  CHECK(test.host.asked == 0);
}

TEST_CASE("one that was doubted is asked once, and is well again", "[host_health]") {
  Doubted test;
  test.health.doubt();
  test.health.doubt();
  CHECK(test.health.is_well());
  CHECK(test.health.is_well());
  CHECK(test.health.was_well());
  CHECK(test.host.asked == 1);
}

TEST_CASE("one that is not usable is asked again after a pause", "[host_health]") {
  Doubted test;
  test.host.usable = false;
  test.health.doubt();
  CHECK_FALSE(test.health.is_well());
  CHECK_FALSE(test.health.was_well());
  test.host.usable = true;
  while (!test.health.is_well()) {
    REQUIRE(test.host.asked == 1);
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  CHECK(test.host.asked == 2);
  CHECK(test.health.was_well());
}

TEST_CASE("what fails while the host is asked has it asked again, a moment later",
          "[host_health]") {
  Doubted test;
  test.host.meanwhile = [&] {
    test.health.doubt();
    test.host.meanwhile = nullptr;
  };
  test.health.doubt();
  CHECK(test.health.is_well());
  CHECK(test.health.is_well());
  CHECK(test.host.asked == 1);
  while (test.host.asked < 2) {
    REQUIRE(test.health.is_well());
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

TEST_CASE("jobs that fail on a well host do not keep others from being taken", "[host_health]") {
  Doubted test;
  for (int i = 0; i < 1'000; ++i) {
    test.health.doubt();
    REQUIRE(test.health.is_well());
  }
  CHECK(test.host.asked < 100);
}
