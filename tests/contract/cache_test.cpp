// SPDX-License-Identifier: Apache-2.0
#include "common/backend.hpp"
#include "common/temporary_folder.hpp"
#include "contract/box.hpp"
#include "contract/failing_backend.hpp"

#include <sandbox/pool.hpp>

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <fstream>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace sandbox;
using Outcome = sandbox::CacheUse::Outcome;

namespace {

namespace fs = std::filesystem;

/// "Compiles" by a shell script; no two compilations make the same program. Prints it when it runs.
Recipe recipe(const std::string& more = "") {
  Recipe recipe;
  recipe.id = "copy";
  recipe.extensions = {"txt"};
  recipe.source_name = "main.txt";
  recipe.image = common::image();
  recipe.compile.emplace();
  recipe.compile->argv = {
      "sh", "-c", "echo warning >&2; cat main.txt /proc/sys/kernel/random/uuid > program; " + more};
  recipe.compile->limits = default_compile_limits();
  recipe.run.argv = {"cat", "program"};
  return recipe;
}

Submission submission(const std::string& text = "source") {
  Submission submission;
  submission.files = {{"", text}, {"more/data.txt", "data"}};
  return submission;
}

class Cached {
 public:
  RunOptions options() {
    RunOptions options;
    options.cache = &cache_;
    return options;
  }
  Report run(const Recipe& recipe, const Submission& submission) {
    return run(contract::backend(), recipe, submission, options());
  }
  static Report run(Backend& backend, const Recipe& recipe, const Submission& submission,
                    const RunOptions& options) {
    Report report = Sandbox(backend).run(recipe, submission, options);
    REQUIRE(report.stages.at(0).stage == Stage::compile);
    return report;
  }
  fs::path folder() const { return folder_ / "cache"; }
  fs::path entry() const {
    for (const auto& each : fs::directory_iterator(folder())) {
      if (each.path().filename() != "sum") {
        return each.path();
      }
    }
    throw std::runtime_error("there is no entry");
  }

 private:
  common::TemporaryFolder folder_{"cache"};
  CompileCache cache_{{.folder = folder_ / "cache"}};
};

std::string output(const Report& report) {
  REQUIRE(report.ok());
  return report.last().standard_output.bytes();
}

CacheUse use_of(const Report& report) {
  return report.stages.at(0).cache;
}

bool is_hit(const Report& report) {
  return use_of(report).outcome == Outcome::hit;
}

bool is_stored(const Report& report) {
  return use_of(report).outcome == Outcome::miss && use_of(report).stored;
}

bool detail_has(const Report& report, const std::string& words) {
  INFO(use_of(report).detail);
  CHECK(use_of(report).detail.find(words) != std::string::npos);
  return use_of(report).detail.find(words) != std::string::npos;
}

} // namespace

TEST_CASE("cache: the same submission is compiled once; its report tells of that compilation") {
  Cached cached;
  const Report first = cached.run(recipe(), submission());
  CHECK(is_stored(first));
  CHECK(use_of(first).detail.empty());
  const Report second = cached.run(recipe(), submission());
  CHECK(is_hit(second));
  CHECK(output(second) == output(first));
  CHECK(second.stages.size() == 2);
  CHECK(second.stages[1].cache.outcome == Outcome::off);
  const StageReport& before = first.stages[0];
  const StageReport& after = second.stages[0];
  CHECK(after.stage == Stage::compile);
  CHECK(after.standard_error.bytes() == "warning\n");
  CHECK(after.result.usage.standard_error.total_bytes == 8);
  CHECK(after.result.usage.cpu_time == before.result.usage.cpu_time);
  CHECK(after.result.usage.wall_time == before.result.usage.wall_time);
  CHECK(after.result.guarantees.size() == before.result.guarantees.size());
  CHECK(after.result.backend == before.result.backend);
  CHECK(after.result.exit_code == 0);
}

TEST_CASE("cache: without one nothing is said of it") {
  const Report report = Cached::run(contract::backend(), recipe(), submission(), RunOptions{});
  CHECK(use_of(report).outcome == Outcome::off);
}

TEST_CASE("cache: whatever compiling depends on makes another entry") {
  Cached cached;
  REQUIRE(is_stored(cached.run(recipe(), submission())));
  REQUIRE(is_hit(cached.run(recipe(), submission())));
  CHECK(is_stored(cached.run(recipe(), submission("other source"))));
  CHECK(is_stored(cached.run(recipe("true"), submission())));
  Submission other = submission();
  other.files[1].path = "more/other.txt";
  CHECK(is_stored(cached.run(recipe(), other)));
  other = submission();
  other.files[1].bytes = "more";
  CHECK(is_stored(cached.run(recipe(), other)));
  Recipe changed = recipe();
  changed.compile->env = {{"FLAGS", "1"}};
  CHECK(is_stored(cached.run(changed, submission())));
  RunOptions options = cached.options();
  options.compile_limits = default_compile_limits();
  options.compile_limits->memory_bytes += MiB;
  CHECK(is_stored(Cached::run(contract::backend(), recipe(), submission(), options)));
  options = cached.options();
  options.network = Network::loopback;
  CHECK(is_stored(Cached::run(contract::backend(), recipe(), submission(), options)));
}

TEST_CASE("cache: what only the run stage depends on does not") {
  Cached cached;
  REQUIRE(is_stored(cached.run(recipe(), submission())));
  Submission other = submission();
  other.args = {"argument"};
  other.input = BytesInput{"input"};
  other.env = {{"NAME", "value"}};
  CHECK(is_hit(cached.run(recipe(), other)));
  RunOptions options = cached.options();
  options.run_limits = Limits{};
  options.run_limits->cpu_time = std::chrono::seconds(1);
  CHECK(is_hit(Cached::run(contract::backend(), recipe(), submission(), options)));
}

TEST_CASE("cache: a compilation that fails is compiled each time") {
  Cached cached;
  for (int i = 0; i < 2; ++i) {
    const Report report = cached.run(recipe("exit 3"), submission());
    CHECK(report.compile_failed());
    CHECK(use_of(report).outcome == Outcome::miss);
    CHECK_FALSE(use_of(report).stored);
    CHECK(use_of(report).detail.empty());
  }
}

TEST_CASE("cache: the box after a hit is as after compiling: folders, modes, changed sources") {
  Cached cached;
  Recipe made = recipe("mkdir -p a/b && echo inner > a/b/c && printf '#!/bin/sh\\necho ran' > tool"
                       " && chmod 700 tool && echo changed > main.txt && : > a/empty");
  made.run.argv = {"sh", "-c", "cat a/b/c main.txt more/data.txt && ./tool && ls -a a a/b . more"};
  const std::string before = output(cached.run(made, submission()));
  const Report after = cached.run(made, submission());
  CHECK(is_hit(after));
  CHECK(output(after) == before);
  CHECK(before.find("inner\nchanged\ndata") == 0);
}

TEST_CASE("cache: what cannot be put back as it was is not stored") {
  Cached cached;
  const auto not_stored = [&](const std::string& script, const std::string& name) {
    for (int i = 0; i < 2; ++i) {
      const Report report = cached.run(recipe(script), submission());
      CHECK(report.ok());
      CHECK_FALSE(is_hit(report));
      CHECK_FALSE(use_of(report).stored);
      CHECK(detail_has(report, name));
    }
  };
  not_stored("ln -s program link", "link");
  not_stored("ln -s /etc/passwd more/passwd", "more/passwd");
  not_stored("mkfifo fifo", "fifo");
  not_stored("mkdir empty", "empty");
  not_stored("rm more/data.txt", "more/data.txt");
  not_stored("rm -r more; ln -s . more", "more");
  not_stored("echo x > $(printf 'a\\nb')", "a\\x0ab");
  not_stored("cp program other; chmod 0 other", "open");
  not_stored("echo x > /tmp/left", "/tmp");
  not_stored("echo x > /dev/shm/left", "/dev/shm");
  not_stored("sleep 60 > /dev/null 2>&1 &", "processes");
}

TEST_CASE("cache: an artefact larger than the run may have memory ends it as it would uncached") {
  Cached cached;
  const Recipe made = recipe("head -c 41943040 /dev/zero > large");
  CompileCache large({.folder = cached.folder(), .max_entry_bytes = 64 * MiB});
  RunOptions options;
  options.cache = &large;
  options.run_limits = Limits{};
  options.run_limits->memory_bytes = 32 * MiB;
  const Report first = Cached::run(contract::backend(), made, submission(), options);
  const Report second = Cached::run(contract::backend(), made, submission(), options);
  CHECK(is_stored(first));
  CHECK(is_hit(second));
  CHECK(first.last().result.verdict == second.last().result.verdict);
  CHECK((first.last().result.verdict == Verdict::memory_limit) ==
        contract::differences().earlier_files_count_as_memory);
}

TEST_CASE("cache: scratch is left out, whatever is in it") {
  Cached cached;
  Recipe made =
      recipe("mkdir -p .cache/a/b && ln -s x .cache/link && mkfifo .cache/fifo; : > left");
  made.scratch = {".cache", "left"};
  REQUIRE(is_stored(cached.run(made, submission())));
  made.run.argv = {"sh", "-c", "ls -a; cat program"};
  const Report report = cached.run(made, submission());
  CHECK(is_hit(report));
  CHECK(output(report).find(".cache") == std::string::npos);
  CHECK(output(report).find("left") == std::string::npos);
}

TEST_CASE("cache: a damaged entry is compiled anew and replaced") {
  Cached cached;
  const std::string first = output(cached.run(recipe(), submission()));
  {
    std::fstream file(cached.entry(), std::ios::in | std::ios::out | std::ios::binary);
    file << "X"; // of the program
  }
  const Report report = cached.run(recipe(), submission());
  CHECK(is_stored(report));
  CHECK(detail_has(report, "digest"));
  CHECK(output(report) != first);
  CHECK(output(report)[0] == 's');
  const Report again = cached.run(recipe(), submission());
  CHECK(is_hit(again));
  CHECK(output(again) == output(report));
}

TEST_CASE("cache: an entry that cannot be put into the box is a miss, in another box") {
  Cached cached;
  REQUIRE(is_stored(cached.run(recipe(), submission())));
  contract::FailingBackend failing({.boxes_that_take_no_program = 1});
  const Report report = Cached::run(failing, recipe(), submission(), cached.options());
  CHECK(report.ok());
  CHECK_FALSE(is_hit(report));
  CHECK(detail_has(report, "is gone"));
  CHECK(failing.opened() == 2);
  CHECK(is_hit(cached.run(recipe(), submission())));
}

TEST_CASE("cache: nothing that fails in it fails the run") {
  Cached cached;
  contract::FailingBackend silent({.tells_no_root = true});
  const Report report = Cached::run(silent, recipe(), submission(), cached.options());
  CHECK(report.ok());
  CHECK(detail_has(report, "does not tell"));
  contract::FailingBackend broken({.lists_nothing = true});
  const Report other = Cached::run(broken, recipe(), submission(), cached.options());
  CHECK(other.ok());
  CHECK_FALSE(use_of(other).stored);
}

TEST_CASE("cache: a folder that cannot be used is told of, and the run compiles") {
  const common::TemporaryFolder folder("cache");
  fs::create_directory(folder / "writable");
  ::chmod((folder / "writable").c_str(), 0777);
  std::ofstream(folder / "file") << "x";
  for (const std::string name : {"writable", "file", "file/below"}) {
    CompileCache cache_there({.folder = folder / name});
    RunOptions options;
    options.cache = &cache_there;
    for (int i = 0; i < 2; ++i) {
      const Report report = Cached::run(contract::backend(), recipe(), submission(), options);
      CHECK(report.ok());
      CHECK(use_of(report).outcome == Outcome::miss);
      CHECK_FALSE(use_of(report).stored);
      CHECK(detail_has(report, folder / ""));
    }
  }
}

TEST_CASE("cache: a folder that is removed meanwhile is a miss, and made again") {
  Cached cached;
  REQUIRE(is_stored(cached.run(recipe(), submission())));
  fs::remove_all(cached.folder());
  CHECK(is_stored(cached.run(recipe(), submission())));
  CHECK(is_hit(cached.run(recipe(), submission())));
}

TEST_CASE("cache: several backends and caches share a folder") {
  Cached cached;
  const std::string first = output(cached.run(recipe(), submission()));
  const auto other = common::make_backend(std::string(contract::backend().name()));
  CompileCache same_folder({.folder = cached.folder()});
  RunOptions options;
  options.cache = &same_folder;
  const Report report = Cached::run(*other, recipe(), submission(), options);
  CHECK(is_hit(report));
  CHECK(output(report) == first);
}

TEST_CASE("cache: a pool's runs use it, in boxes that were opened ahead", "[threads]") {
  Cached cached;
  const std::string first = output(cached.run(recipe(), submission()));
  Pool pool(contract::backend(), {.slots = 2});
  std::vector<std::future<Report>> futures;
  for (int i = 0; i < 6; ++i) {
    futures.push_back(pool.submit(recipe(), submission(), cached.options()));
  }
  for (std::future<Report>& future : futures) {
    const Report report = future.get();
    CHECK(is_hit(report));
    CHECK(output(report) == first);
  }
}

TEST_CASE("cache: a toolchain that changes is another one") {
  if (contract::backend().name() != "native") {
    return; // tests/engine changes an image
  }
  Cached cached;
  const common::TemporaryFolder tools("tools", 0755, "/var/tmp");
  const fs::path kit = tools / "kit";
  const auto install = [](const fs::path& where, const std::string& text) {
    fs::create_directory(where);
    std::ofstream(where / "tool", std::ios::trunc) << text << "\n";
  };
  install(kit, "one");
  Recipe made = recipe("cat " + (kit / "tool").native() + " >> program");
  made.extra_paths = {kit};
  const std::string first = output(cached.run(made, submission()));
  CHECK(first.find("one") != std::string::npos);
  CHECK(is_hit(cached.run(made, submission())));

  SECTION("in place") {
    install(kit, "two");
    const Report report = cached.run(made, submission());
    CHECK(is_stored(report));
    CHECK(output(report).find("two") != std::string::npos);
    CHECK(is_hit(cached.run(made, submission())));
  }
  SECTION("by another in its place, which this backend does not show") {
    fs::rename(kit, tools / "old");
    install(kit, "two");
    const Report report = cached.run(made, submission("other"));
    CHECK(output(report).find("one") != std::string::npos);
    const auto fresh = common::make_backend("native");
    for (const char* source : {"source", "other"}) {
      const Report found = Cached::run(*fresh, made, submission(source), cached.options());
      CHECK(is_stored(found));
      CHECK(output(found).find("two") != std::string::npos);
    }
    CHECK(output(cached.run(made, submission("other"))).find("one") != std::string::npos);
  }
  SECTION("while it compiles") {
    contract::FailingBackend changing({.after_compiling = [&] { install(kit, "two"); }});
    const Report report = Cached::run(changing, made, submission("other"), cached.options());
    CHECK(report.ok());
    CHECK_FALSE(use_of(report).stored);
    CHECK(detail_has(report, "changed while it was in use"));
  }
}

TEST_CASE("cache: a folder that programs are shown is not used") {
  if (contract::backend().name() != "native") {
    return; // containers see no folder of the host
  }
  const common::TemporaryFolder shown("shown", 0755, "/var/tmp");
  CompileCache inside({.folder = shown / "a/cache"});
  RunOptions options;
  options.cache = &inside;
  Recipe made = recipe();
  made.extra_paths = {shown.path()};
  const Report report = Cached::run(contract::backend(), made, submission(), options);
  CHECK(report.ok());
  CHECK(detail_has(report, "which programs see"));
  CHECK_FALSE(fs::exists(shown / "a"));
}
