// SPDX-License-Identifier: Apache-2.0
#include "admission.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono_literals;

const worker::Languages& languages() {
  static const worker::Languages known([] {
    worker::SandboxConfig config;
    config.recipes = WORKER_SOURCE_FOLDER "/tests/benchmark/recipes";
    config.languages = {"noop"};
    return config;
  }());
  return known;
}

worker::Job job(std::vector<std::pair<std::string, std::string>> limits = {}) {
  return {.id = "a", .language = "noop", .files = {{"", ""}}, .limits = std::move(limits)};
}

std::string refusal(const worker::Job& job) {
  try {
    worker::admit(job, languages(), {});
    return "none";
  } catch (const worker::Refusal& refusal) {
    return refusal.code();
  }
}

} // namespace

TEST_CASE("limits within the maxima replace the recipe's") {
  const worker::Admitted admitted = worker::admit(
      job({{"wall_time", "3s"}, {"cpu_time", "1s"}, {"memory", "300MiB"}}), languages(), {});
  CHECK(admitted.recipe->id == "noop");
  CHECK(admitted.run_limits.memory_bytes == 300 * sandbox::MiB);
  CHECK(admitted.run_limits.cpu_time == 1s);
  CHECK(wall_time(admitted.run_limits) == 3s); // whichever was written first
}

TEST_CASE("limits above the maxima are refused, each by itself") {
  for (const char* const name : {"memory", "output", "file_size", "disk", "stack"}) {
    CAPTURE(name);
    CHECK(refusal(job({{name, "900GiB"}})) == "limit_too_high");
  }
  for (const char* const name : {"processes", "disk_inodes", "open_files"}) {
    CAPTURE(name);
    CHECK(refusal(job({{name, "1000000"}})) == "limit_too_high");
  }
  CHECK(refusal(job({{"memory", "unlimited"}})) == "limit_too_high");
  CHECK(refusal(job({{"cpu_time", "11s"}})) == "limit_too_high");
  CHECK(refusal(job({{"wall_time", "31s"}})) == "limit_too_high");
  CHECK(refusal(job({{"cores", "2"}})) == "limit_too_high");
  CHECK(refusal(job({{"cpu_time", "10s"}, {"wall_time", "30s"}, {"memory", "512MiB"}})) == "none");
}

TEST_CASE("limits that cannot be meant are refused") {
  CHECK(refusal(job({{"memory", "lots"}})) == "invalid_limit");
  CHECK(refusal(job({{"memory", "0B"}})) == "invalid_limit");
  CHECK(refusal(job({{"ram", "1MiB"}})) == "invalid_limit");
}

TEST_CASE("files that have no room in the box that was asked for are refused") {
  worker::Job large = job({{"disk", "8KiB"}});
  large.files = {{"", std::string(8192, '#')}};
  CHECK(refusal(large) == "none");
  large.files.push_back({"more", "#"});
  CHECK(refusal(large) == "invalid_limit");
  worker::Job many = job({{"disk_inodes", "4"}});
  many.files = {{"", ""}, {"a/b", ""}};
  CHECK(refusal(many) == "none");
  many.files.push_back({"a/c/d", ""});
  CHECK(refusal(many) == "invalid_limit");
}

TEST_CASE("languages that are not served, and too many tests, are refused") {
  worker::Job unknown = job();
  unknown.language = "klingon";
  CHECK(refusal(unknown) == "unknown_language");
  worker::Job tested = job();
  tested.tests.resize(101);
  CHECK(refusal(tested) == "limit_too_high");
  worker::Job long_one = job({{"wall_time", "30s"}});
  long_one.tests.resize(100);
  CHECK(refusal(long_one) == "none");
  worker::MaximaConfig short_time;
  short_time.job_time = 2'999s;
  CHECK_THROWS_AS(worker::admit(long_one, languages(), short_time), worker::Refusal);
  worker::Job curious = job();
  curious.artifacts.resize(257);
  CHECK(refusal(curious) == "limit_too_high");
}
