// SPDX-License-Identifier: Apache-2.0
//
// What is collected, and above all what is not.
#include "docker/owner.hpp"
#include "engine/support.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

using namespace sandbox;
using docker::Owner;
using engine_test::Container;
using nlohmann::json;

namespace {

std::string in_an_hour() {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return std::to_string(now.count() + 3600);
}

json labels(const std::string& owner, const std::string& deadline = in_an_hour()) {
  return {{docker::owner_label, owner}, {docker::deadline_label, deadline}};
}

Owner ended() {
  Owner owner = Owner::self();
  owner.pid = ::fork();
  if (owner.pid == 0) {
    ::_exit(0);
  }
  ::waitpid(owner.pid, nullptr, 0);
  return owner;
}

bool names(const std::vector<Leftover>& found, const Container& container) {
  return std::any_of(found.begin(), found.end(), [&](const Leftover& each) {
    return each.kind == "container" && each.name == container.id();
  });
}

} // namespace

TEST_CASE("containers that are not known to be abandoned stay") {
  Owner other_boot = ended();
  other_boot.boot_id = "00000000-0000-4000-8000-000000000000";
  Owner other_namespace = ended();
  other_namespace.pid_namespace += 1;
  const json kept[] = {
      json::object(),
      {{docker::owner_label, ""}, {docker::deadline_label, "1"}},
      labels("somebody"),
      labels("somebody", "1"),
      labels(ended().text() + "0x", "1"),
      {{docker::owner_label, ended().text()}},
      labels(ended().text(), "tomorrow"),
      {{docker::deadline_label, "1"}},
      {{"io.libsandbox.owner2", ended().text()}, {docker::deadline_label, "1"}},
      labels(Owner::self().text()),
      labels(Owner::self().text(), "9223372036854775807"),
      labels(other_boot.text()),
      labels(other_namespace.text()),
  };
  std::vector<std::unique_ptr<Container>> containers;
  for (const json& each : kept) {
    containers.push_back(std::make_unique<Container>(each));
  }
  const auto found = contract::backend().collect_garbage(false);
  for (std::size_t i = 0; i < containers.size(); ++i) {
    INFO(kept[i].dump());
    CHECK(containers[i]->exists());
    CHECK_FALSE(names(found, *containers[i]));
  }
}

TEST_CASE("containers whose owner is gone or whose time is over are removed") {
  Owner reused = Owner::self();
  reused.start_time += 1;
  Owner other_boot = ended();
  other_boot.boot_id = "00000000-0000-4000-8000-000000000000";
  const json removed[] = {labels(ended().text()), labels(reused.text()),
                          labels(Owner::self().text(), "1"), labels(other_boot.text(), "1")};
  std::vector<std::unique_ptr<Container>> containers;
  for (const json& each : removed) {
    containers.push_back(std::make_unique<Container>(each));
  }
  // Another application on this engine may be quicker, and then it is not found here.
  contract::backend().collect_garbage(false);
  for (std::size_t i = 0; i < containers.size(); ++i) {
    INFO(removed[i].dump());
    CHECK_FALSE(containers[i]->exists());
  }
  for (const auto& container : containers) {
    CHECK_FALSE(names(contract::backend().collect_garbage(false), *container));
  }
}

TEST_CASE("a dry run tells what is left and removes nothing, with a new backend too") {
  // Another application on this engine may begin at this moment, and remove it.
  bool stays = false;
  for (int i = 0; i < 3 && !stays; ++i) {
    const Container container(labels(ended().text()));
    const auto backend = engine_test::make_backend();
    const bool found = names(backend->collect_garbage(true), container);
    ::usleep(500'000); // whatever it does in the background
    stays = found && container.exists();
  }
  CHECK(stays);
}

TEST_CASE("a new backend removes what killed applications left without being asked") {
  const Container container(labels(ended().text()));
  const auto backend = engine_test::make_backend();
  contract::open_box(*backend);
  CHECK(engine_test::wait_until([&] { return !container.exists(); }));
}

TEST_CASE("an open box is no garbage") {
  REQUIRE(engine_test::wait_until([] { return engine_test::own_containers().empty(); }));
  const auto session = contract::open_box();
  const auto found = contract::backend().collect_garbage(false);
  CHECK(engine_test::own_containers().size() == 1);
  CHECK(contract::run(*session, {"exit", "0"}).result.ok());
}
