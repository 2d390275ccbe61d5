// SPDX-License-Identifier: Apache-2.0
//
// The volume that holds init belongs to the engine: others may remove it or spoil it.
#include "docker/archive.hpp"
#include "docker/init_volume.hpp"
#include "embedded_init/embedded_init.hpp"
#include "engine/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace sandbox;
using nlohmann::json;

namespace {

bool is_there() {
  const auto all = engine_test::volumes();
  return std::find(all.begin(), all.end(), docker::init_volume_name()) != all.end();
}

/// Other applications may use it; then it cannot be removed.
bool remove_volume() {
  docker::Call call{docker::Verb::remove, "/volumes/" + docker::init_volume_name()};
  return engine_test::wait_until([&] {
    const unsigned status = engine_test::engine().call(call).status;
    return status == 204 || status == 404;
  });
}

void put_as_init(const std::string& bytes) {
  json mount{{"Type", "volume"},
             {"Source", docker::init_volume_name()},
             {"Target", docker::init_directory}};
  mount["VolumeOptions"] = {{"NoCopy", true}, {"Labels", {{docker::init_volume_label, "1"}}}};
  const engine_test::Container lender(json::object(), {{"Mounts", {mount}}});
  docker::Call call{docker::Verb::put, "/containers/" + lender.id() + "/archive"};
  call.query = {{"path", docker::init_directory}};
  call.content_type = "application/x-tar";
  call.body = docker::make_archive({{"sandbox-init", bytes, 0555}});
  engine_test::engine().expect(call, {200});
}

bool a_box_works() {
  return contract::run({"exit", "0"}).result.ok();
}

} // namespace

TEST_CASE("the volume of init is made anew when somebody removed it") {
  REQUIRE(a_box_works());
  CHECK(is_there());
  if (!remove_volume()) {
    WARN("the volume is in use by others: not removed");
    return;
  }
  CHECK(a_box_works());
  CHECK(is_there());
}

TEST_CASE("an init that somebody spoiled is replaced") {
  const std::string init(embedded_init());
  std::string shuffled = init;
  std::fill(shuffled.begin() + 4096, shuffled.end(), '\0');
  const std::pair<const char*, std::string> spoiled[] = {
      {"empty", {}},
      {"no program", "garbage"},
      {"cut in the header", init.substr(0, 40)},
      {"cut short", init.substr(0, init.size() / 2)},
      {"zeros", shuffled},
      {"a script of nothing here", "#!/nowhere\n"},
      {"another program", "#!/bin/true\n"},
      {"one that talks", "#!/bin/sh\necho hello; sleep 3\n"},
      {"one that is silent for a while", "#!/bin/sh\nsleep 3\n"},
  };
  for (const auto& [name, bytes] : spoiled) {
    INFO(name);
    put_as_init(bytes);
    const auto start = engine_test::Clock::now();
    CHECK(a_box_works());
    CHECK(engine_test::seconds_since(start) < 30);
    CHECK(a_box_works());
  }
}

TEST_CASE("nothing of ours lasts but the volume of init") {
  REQUIRE(a_box_works());
  CHECK(engine_test::wait_until([] { return engine_test::own_containers().empty(); }));
  const json answer = engine_test::get("/volumes/" + docker::init_volume_name());
  CHECK(answer["Labels"].contains(docker::init_volume_label));
}
