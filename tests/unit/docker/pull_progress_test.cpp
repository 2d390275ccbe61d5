// SPDX-License-Identifier: Apache-2.0
#include "docker/pull_progress.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <limits>

using nlohmann::json;
using sandbox::docker::PullProgress;

namespace {

json layer(const char* id, const char* status, std::uint64_t current = 0, std::uint64_t total = 0) {
  json line{{"id", id}, {"status", status}};
  if (total > 0) {
    line["progressDetail"] = {{"current", current}, {"total", total}};
  }
  return line;
}

} // namespace

TEST_CASE("layers add up, first those on their way, then those unpacked") {
  PullProgress progress;
  progress.add(layer("a", "Pulling fs layer"));
  progress.add(layer("b", "Already exists"));
  auto now = progress.add(layer("a", "Downloading", 30, 100));
  CHECK((now->step == "downloading" && now->current == 30 && now->total == 100));
  progress.add(layer("c", "Downloading", 5, 10));
  now = progress.add(layer("a", "Download complete"));
  CHECK((now->step == "downloading" && now->current == 105 && now->total == 110));
  now = progress.add(layer("c", "Download complete"));
  CHECK((now->step == "extracting" && now->current == 0 && now->total == 110));
  now = progress.add(layer("a", "Extracting", 60, 100));
  CHECK(now->current == 60);
  progress.add(layer("a", "Pull complete"));
  now = progress.add(layer("c", "Pull complete"));
  CHECK((now->current == 110 && now->total == 110));
}

TEST_CASE("other lines are steps of their own or tell nothing") {
  PullProgress progress;
  CHECK(progress.add({{"status", "Digest: sha256:ab"}})->step == "Digest: sha256:ab");
  CHECK(progress.add({{"status", "Pulling from a/b"}, {"id", "latest"}})->total == 0);
  for (const json& line : {json::object(), json::array(), json("x"), json(7), json(nullptr),
                           json{{"status", 7}}, json{{"stream", "x"}}}) {
    CHECK_FALSE(progress.add(line));
  }
}

TEST_CASE("what has a name that no layer has is not kept") {
  PullProgress progress;
  const auto now = progress.add(layer(std::string(129, 'a').c_str(), "Downloading", 1, 2));
  CHECK((now->step == "Downloading" && now->total == 0));
  CHECK(progress.add(layer(std::string(128, 'a').c_str(), "Downloading", 1, 2))->total == 2);
}

TEST_CASE("figures that cannot be are no harm") {
  PullProgress progress;
  const auto most = std::numeric_limits<std::uint64_t>::max();
  for (int i = 0; i < 5000; ++i) {
    const auto now = progress.add(layer(std::to_string(i).c_str(), "Downloading", most - 1, most));
    REQUIRE(now);
    REQUIRE(now->current <= now->total);
  }
  json line = layer("a", "Downloading");
  for (const json& detail : {json(7), json::array(), json{{"current", -5}, {"total", -1}},
                             json{{"current", 1.5}}, json{{"current", 9}, {"total", 1}}}) {
    PullProgress fresh;
    line["progressDetail"] = detail;
    const auto now = fresh.add(line);
    REQUIRE(now);
    CHECK(now->current <= now->total);
  }
}
