// SPDX-License-Identifier: Apache-2.0
#include "recipe/placeholder.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <utility>

using namespace sandbox;
using recipe::replace_placeholders;

TEST_CASE("figures are calculated from the limits, left to right") {
  ExpansionJob job;
  job.limits.memory_bytes = 100 * MiB;
  job.limits.cores = 1.5;
  job.limits.processes = 10;
  job.limits.stack_bytes = 8 * MiB;
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"{memory_mib}", "100"},
      {"{memory_bytes}", "104857600"},
      {"{cores}", "2"},
      {"{processes}", "10"},
      {"{stack_kib}", "8192"},
      {"{memory_mib+1*2}", "202"},
      {"-Xmx{memory_mib*3/4}m -Xms{memory_mib/2}m", "-Xmx75m -Xms50m"},
      {"{memory_mib-64}", "36"},
      {"{memory_mib-101}", "1"},
      {"{{memory_mib}}", "{memory_mib}"},
  }));
  CHECK(replace_placeholders(text, job) == expected);
}

TEST_CASE("unlimited memory counts as 4096 MiB") {
  ExpansionJob job;
  job.limits.memory_bytes = unlimited;
  CHECK(replace_placeholders("{memory_mib}", job) == "4096");
}

TEST_CASE("placeholders that cannot be meant are refused") {
  const std::string text =
      GENERATE(as<std::string>{}, "{", "}", "{}", "{ source}", "{Source}", "{memory_mib*}",
               "{memory_mib*-1}", "{memory_mib/0}", "{memory_mib%2}", "{memory_mib*2 }",
               "{memory_mib*9999999}", "{memory_mib*99999999999999999999}", "{source+1}", "x{args}",
               "{sources}", "{artifact}");
  INFO("text: " << text);
  CHECK_THROWS_AS(replace_placeholders(text, {}), Error);
}

TEST_CASE("a figure that overflows is an error, never a small number") {
  ExpansionJob job;
  job.limits.memory_bytes = std::uint64_t{1} << 62;
  CHECK_THROWS_AS(replace_placeholders("{memory_bytes*4}", job), Error);
}

TEST_CASE("what a job brings is not searched for placeholders") {
  ExpansionJob job;
  job.source = "{memory_mib}";
  CHECK(replace_placeholders("{source}", job) == "{memory_mib}");
}

TEST_CASE("a source's name is no option, whatever it begins with") {
  ExpansionJob job;
  job.source = "-fplugin=x.c";
  job.sources = {"-fplugin=x.c", "@options.c", "|id.c", "+RTS.c", "a-b.c"};
  const std::vector<std::string> expected{
      ".read ./-fplugin=x.c", "./-fplugin=x.c", "./@options.c", "./|id.c", "./+RTS.c", "a-b.c"};
  CHECK(expand({".read {source}", "{sources}"}, job) == expected);
}

TEST_CASE("lists without elements leave no empty argument") {
  CHECK(expand({"x", "{args}", "{sources}"}, {}) == std::vector<std::string>{"x"});
}

TEST_CASE("placeholders are replaced in the environment's values, not in its names") {
  ExpansionJob job;
  job.limits.memory_bytes = 64 * MiB;
  const std::vector<std::pair<std::string, std::string>> expected{{"{cores}", "64MiB"}};
  CHECK(expand_env({{"{cores}", "{memory_mib}MiB"}}, job) == expected);
}
