// SPDX-License-Identifier: Apache-2.0
//
// Group N: names and figures that others choose, as they cross the library's interface. Parsers
// have their unit tests.
#include "containment/cage.hpp"
#include "containment/host.hpp"
#include "containment/outside.hpp"
#include "containment/submit.hpp"
#include "containment/table.hpp"

#include <cmath>
#include <fstream>
#include <limits>

namespace containment {
namespace {

namespace fs = std::filesystem;
using sandbox::ErrorCode;

template <typename Call>
void expect_refused(Trial& trial, const std::string& what, const Call& call,
                    ErrorCode right = ErrorCode::invalid_argument) {
  try {
    call();
    trial.expect(false, what + ": was accepted");
  } catch (const sandbox::Error& error) {
    trial.expect(error.code() == right, what + ": " + error.what());
  }
}

/// Ways to the canary out of a folder two below the root.
std::vector<std::string> ways_out(const fs::path& target) {
  const std::string path = target.string();
  std::string up;
  for (int i = 0; i < 12; ++i) {
    up += "../";
  }
  return {path,
          "/" + path,
          up + path.substr(1),
          "a/" + up + path.substr(1),
          "./" + up + path,
          "..",
          "a/../..",
          "/box/../" + path,
          "/box2/x",
          "a//../x",
          "a/.",
          path + "\n",
          std::string("x\0../y", 6)};
}

void put_files_outside(Trial& trial) {
  const Canary canary;
  const auto before = canary.state();
  for (const std::string& name : ways_out(canary.directory() / "alone")) {
    expect_refused(trial, name, [&] { trial.box().put_file(name, "overwritten"); });
  }
  expect_refused(trial, "a newline", [&] { trial.box().put_file("a\nb", "x"); });
  trial.expect(canary.state() == before, "the host's file was written to");
}

bool naive_join_writes(Cage&) {
  const Canary canary;
  Outside outside;
  outside.put("../" + canary.directory().filename().string() + "/alone", "overwritten");
  return canary.is_overwritten();
}

void get_files_from_outside(Trial& trial) {
  const Canary canary;
  for (const std::string& name : ways_out(canary.directory() / "alone")) {
    if (name.back() != '\n') {
      expect_refused(trial, name, [&] { trial.box().get_file(name, sandbox::MiB); });
    }
  }
}

bool naive_join_reads(Cage&) {
  const Canary canary;
  const Outside outside;
  std::ifstream file(outside.folder() / ("../" + canary.directory().filename().string()) / "alone");
  std::string text;
  return std::getline(file, text) && contains(text, Canary::text);
}

using LimitChange = std::pair<const char*, void (*)(sandbox::Limits&)>;

const std::vector<LimitChange>& impossible_limits() {
  using sandbox::Limits;
  static const std::vector<LimitChange> all = {
      {"no CPU time", [](Limits& l) { l.cpu_time = std::chrono::seconds{0}; }},
      {"CPU time below 0", [](Limits& l) { l.cpu_time = std::chrono::seconds{-1}; }},
      {"no wall time", [](Limits& l) { l.wall_time = std::chrono::seconds{0}; }},
      {"wall time below 0", [](Limits& l) { l.wall_time = std::chrono::seconds{-5}; }},
      {"endless wall time", [](Limits& l) { l.wall_time = sandbox::unlimited_time; }},
      {"no memory", [](Limits& l) { l.memory_bytes = 0; }},
      {"no processes", [](Limits& l) { l.processes = 0; }},
      {"no cores", [](Limits& l) { l.cores = 0; }},
      {"cores below 0", [](Limits& l) { l.cores = -1; }},
      {"cores that are no number", [](Limits& l) { l.cores = std::nan(""); }},
      {"endless cores", [](Limits& l) { l.cores = std::numeric_limits<double>::infinity(); }},
      {"1e308 cores", [](Limits& l) { l.cores = 1e308; }},
      {"no output", [](Limits& l) { l.output_bytes = 0; }},
      {"no file size", [](Limits& l) { l.file_size_bytes = 0; }},
      {"endless descriptors", [](Limits& l) { l.open_files = sandbox::unlimited; }},
      {"no descriptors", [](Limits& l) { l.open_files = 0; }},
      {"no stack", [](Limits& l) { l.stack_bytes = 0; }},
  };
  return all;
}

void run_without_limits(Trial& trial) {
  for (const auto& [name, change] : impossible_limits()) {
    expect_refused(trial, name, [&trial, change = change] {
      trial.run({"who-am-i"}, [change](sandbox::Command& command) { change(command.limits); });
    });
  }
}

/// To other tools 0 is no limit at all.
bool zero_is_endless(Cage&) {
  Outside outside;
  return contains(outside.run("timeout 0 sh -c 'sleep 0.1; echo survived'"), "survived");
}

void add_names(Table& table) {
  table.push_back(
      Check("RC-05.put", "put files outside of the box", put_files_outside, naive_join_writes));
  table.push_back(Check("RC-05.get", "get files from outside of the box", get_files_from_outside,
                        naive_join_reads));
  table.push_back(
      Check("RC-04.limits", "limits that are none", run_without_limits, zero_is_endless));
  table.push_back(Check(
      "RC-06.languages", "languages that are paths",
      [](Trial& trial) {
        const auto catalog = sandbox::RecipeCatalog::load(SANDBOX_TEST_LANGUAGES);
        for (const char* name : {"../languages/c", "c.yaml", "./c", "%2e%2e/c", "c\n", "", "/c",
                                 "\xd1\x81" /* looks like a c */}) {
          trial.expect(catalog.find(name) == nullptr, std::string("was found: ") + name);
        }
      },
      [](Cage&) { return fs::exists(fs::path(SANDBOX_TEST_LANGUAGES) / "../languages/c.yaml"); }));
}

void add_requests_without_measure(Table& table) {
  table.push_back(Check(
      "RC-07.files", "a submission of a hundred thousand files",
      [](Trial& trial) {
        std::vector<sandbox::SourceFile> files;
        for (int i = 0; i < 100000; ++i) {
          files.push_back({"f" + std::to_string(i) + ".sh", ""});
        }
        expect_refused(trial, "too many files", [&] { submit(trial, script_recipe(), files); });
      },
      [](Cage&) {
        Outside outside;
        return contains(outside.run("for i in $(seq 500); do : >f$i; done; ls | wc -l"), "500");
      }));
  table.push_back(Check(
      "RC-07.twice", "a file that is given twice",
      [](Trial& trial) {
        expect_refused(trial, "given twice", [&] {
          submit(trial, script_recipe(), {{"", "true"}, {"a", "1"}, {"a", "2"}});
        });
        expect_refused(trial, "the main source twice", [&] {
          submit(trial, script_recipe(), {{"", "true"}, {"main.sh", "false"}});
        });
      },
      [](Cage&) {
        Outside outside;
        outside.put("a", "1");
        outside.put("a", "2");
        return outside.run("cat a") == "2";
      }));
  table.push_back(Check(
      "RC-09.environment", "variables that are more than one",
      [](Trial& trial) {
        for (const std::string name : {"A=B", ""}) {
          expect_refused(trial, "variable " + name, [&] {
            trial.run({"who-am-i"}, [&](sandbox::Command& command) {
              command.env = {{name, "x"}};
            });
          });
        }
        expect_refused(trial, "a NUL in a value", [&] {
          trial.run({"who-am-i"}, [&](sandbox::Command& command) {
            command.env = {{"A", std::string("x\0LD_PRELOAD=y", 14)}};
          });
        });
      },
      [](Cage&) {
        Outside outside;
        return contains(outside.run("env 'A=B=x' env"), "A=B=x");
      }));
}

void add_elsewhere(Table& table) {
  const std::vector<std::pair<std::string, std::string>> elsewhere = {
      {"RC-01.aliases", "tests/unit/recipe/yaml_guard_test.cpp"},
      {"RC-02.depth", "tests/unit/recipe/yaml_guard_test.cpp"},
      {"RC-03.schema", "tests/unit/recipe/recipe_parser_test.cpp, recipe_checks_test.cpp"},
      {"RC-07.json", "no request is read as JSON; the engine's: tests/unit/docker"},
      {"RC-08.fuzz", "tests/fuzz, the parsers by themselves"},
      {"RC-09.hooks", "no such keys: tests/unit/recipe/keys_test.cpp"}};
  for (const auto& [id, where] : elsewhere) {
    table.push_back(Check(
                        id, "a parser by itself", [](Trial&) {}, [](Cage&) { return false; })
                        .not_runnable(where));
  }
}

} // namespace

void add_requests(Table& table) {
  add_names(table);
  add_requests_without_measure(table);
  add_elsewhere(table);
}

} // namespace containment
