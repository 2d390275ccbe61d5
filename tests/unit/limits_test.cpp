// SPDX-License-Identifier: Apache-2.0
#include <sandbox/error.hpp>
#include <sandbox/limits.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string_view>

using namespace sandbox;
using namespace std::chrono_literals;

TEST_CASE("the defaults are valid") {
  CHECK_NOTHROW(validate(Limits{}));
  CHECK_NOTHROW(validate(default_compile_limits()));
}

TEST_CASE("wall time follows CPU time and does not overflow") {
  CHECK(wall_time(Limits{.cpu_time = 2s}) == 5s);
  CHECK(wall_time(Limits{.cpu_time = unlimited_time}) == std::chrono::hours{720});
}

TEST_CASE("limits that cannot be meant are refused") {
  const std::function<void(Limits&)> wrong[] = {
      [](Limits& l) { l.cpu_time = 0s; },
      [](Limits& l) { l.cpu_time = -1s; },
      [](Limits& l) { l.wall_time = 0s; },
      [](Limits& l) { l.wall_time = unlimited_time; },
      [](Limits& l) { l.memory_bytes = 0; },
      [](Limits& l) { l.processes = 0; },
      [](Limits& l) { l.cores = 0; },
      [](Limits& l) { l.cores = std::nan(""); },
      [](Limits& l) { l.cores = std::numeric_limits<double>::infinity(); },
      [](Limits& l) { l.output_bytes = 0; },
      [](Limits& l) { l.file_size_bytes = 0; },
      [](Limits& l) { l.disk_bytes = unlimited; },
      [](Limits& l) { l.disk_inodes = 0; },
      [](Limits& l) { l.open_files = unlimited; },
      [](Limits& l) { l.stack_bytes = 0; },
  };
  for (const auto& change : wrong) {
    Limits limits;
    change(limits);
    CHECK_THROWS_AS(validate(limits), Error);
  }
}

TEST_CASE("what may be lifted can be lifted") {
  Limits limits;
  limits.cpu_time = unlimited_time;
  limits.memory_bytes = limits.processes = limits.output_bytes = limits.file_size_bytes =
      limits.stack_bytes = unlimited;
  CHECK_NOTHROW(validate(limits));
}

TEST_CASE("a limit is set by its name") {
  Limits limits;
  set_limit(limits, "memory", "1GiB");
  set_limit(limits, "wall_time", "3s");
  CHECK(limits.memory_bytes == GiB);
  CHECK(wall_time(limits) == 3s);
  set_limit(limits, "cpu_time", "4s");
  CHECK(wall_time(limits) == 9s);
  CHECK_THROWS_WITH(set_limit(limits, "colour", "1"), Catch::Contains("colour"));
  CHECK_THROWS_AS(set_limit(limits, "cores", "many"), Error);
}

TEST_CASE("every limit has a name of its own") {
  const auto& names = limit_names();
  CHECK(std::set(names.begin(), names.end()).size() == names.size());
  for (const std::string_view name : names) {
    Limits limits;
    CHECK_NOTHROW(set_limit(limits, name,
                            name == "cpu_time" || name == "wall_time" ? "77s"
                            : name == "cores" || name == "processes" || name == "disk_inodes" ||
                                    name == "open_files"
                                ? "77"
                                : "77MiB"));
    CHECK_FALSE(limits == Limits{});
  }
}
