// SPDX-License-Identifier: Apache-2.0
//
// Group L, second half: trees that are hard to list, bring back or remove.
#include "common/backend.hpp"
#include "common/file.hpp"
#include "containment/cage.hpp"
#include "containment/host.hpp"
#include "containment/naive.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <sandbox/error.hpp>
#include <sandbox/sandbox.hpp>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <set>
#include <thread>

namespace containment {
namespace {

using sandbox::BoxEntry;
using sandbox::Command;
using sandbox::GiB;
using sandbox::KiB;
using sandbox::MiB;
using sandbox::Report;
using Clock = std::chrono::steady_clock;

constexpr int hostile_name_count = 31;

/// A submission whose run stage is the attack program; its files come back as artifacts.
Report submit(Trial& trial, const std::vector<std::string>& attack,
              const std::vector<std::string>& artifacts, std::uint64_t inodes = 4096) {
  sandbox::Recipe recipe;
  recipe.id = "attack";
  recipe.source_name = "attack";
  recipe.image = common::image();
  recipe.compile = sandbox::RecipeStage{{"chmod", "+x", "attack"}, {}, {}};
  recipe.run.argv = {"./attack", "{args}"};
  recipe.run.limits.disk_inodes = inodes;
  recipe.run.limits.file_size_bytes = sandbox::unlimited;
  sandbox::Submission submission;
  submission.files = {{"", attack_program()}};
  submission.args = attack;
  submission.args.push_back(trial.mark());
  sandbox::RunOptions options;
  options.artifacts = artifacts;
  return sandbox::Sandbox(trial.backend()).run(recipe, submission, options);
}

bool leads_out(const std::string& path) {
  return path.starts_with("/") || path == ".." || path.starts_with("../") ||
         path.find("/../") != std::string::npos || path.ends_with("/..");
}

/// Every file comes back under its own name, and the report is one document.
void hostile_names(Trial& trial) {
  const Report report = submit(trial, {"hostile-names", "/box"}, {"**"});
  std::set<std::string> contents;
  for (const sandbox::Artifact& artifact : report.artifacts) {
    trial.expect(!leads_out(artifact.path), "leads out: " + artifact.path);
    if (artifact.path != "attack") {
      contents.insert(artifact.bytes);
    }
  }
  trial.expect(contents.size() == hostile_name_count && report.skipped_artifacts.empty(),
               std::to_string(contents.size()) + " files came back, " +
                   std::to_string(report.skipped_artifacts.size()) + " were skipped");
  const std::string json = to_json(report);
  trial.expect(nlohmann::json::accept(json), "the report is no JSON");
  trial.expect(json.find('\x1b') == std::string::npos, "the report speaks to a terminal");
}

/// One name a line, as a list without care has them.
bool names_write_lines(Cage& cage) {
  const Shared shared;
  shared.run(cage, {"hostile-names", "/shared"});
  std::string list;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shared.at(""))) {
    list += entry.path().filename().string() + "\n";
    ++count;
  }
  return std::count(list.begin(), list.end(), '\n') > count &&
         list.find("\nverdict: ok\n") != std::string::npos;
}

void links_as_artifacts(Trial& trial) {
  const Report report =
      submit(trial, {"every-link", "/box", trial.canary() / "alone"}, {"**", "absolute"});
  trial.expect(report.artifacts.size() == 1 && report.skipped_artifacts.size() == 10,
               "a link was brought back");
  for (const sandbox::SkippedArtifact& skipped : report.skipped_artifacts) {
    trial.expect(skipped.reason == "symlink", skipped.path + ": " + skipped.reason);
  }
}

void special_artifacts(Trial& trial) {
  const Report report = submit(trial, {"special-files", "/box"}, {"**"});
  trial.expect(report.artifacts.size() == 1 && report.skipped_artifacts.size() == 4,
               "what is no file was brought back");
}

/// A tebibyte that takes no room on disk must take none in memory.
void sparse_file(Trial& trial) {
  const Report report = submit(trial, {"sparse-files", "/box", "1"}, {"sparse-*"});
  trial.expect(report.artifacts.empty() && report.skipped_artifacts.size() == 1 &&
                   report.skipped_artifacts.front().reason.starts_with("larger than"),
               "a file of a tebibyte was brought back");
  trial.run({"sparse-files", "/box", "1"},
            [](Command& command) { command.limits.file_size_bytes = sandbox::unlimited; });
  try {
    trial.box().get_file("sparse-0", 16 * MiB);
    trial.expect(false, "more came than was asked for");
  } catch (const sandbox::Error& error) {
    trial.expect(error.code() == sandbox::ErrorCode::invalid_argument, error.what());
  }
}

bool size_is_a_lie(Cage& cage) {
  const Shared shared;
  shared.run(cage, {"sparse-files", "/shared", "1"});
  struct stat about {};
  return ::stat(shared.at("sparse-0").c_str(), &about) == 0 &&
         static_cast<std::uint64_t>(about.st_size) >= 1024 * GiB && about.st_blocks == 0;
}

void many_sparse_files(Trial& trial) {
  const Report report = submit(trial, {"sparse-files", "/box", "32", "4"}, {"sparse-*"});
  std::uint64_t bytes = 0;
  for (const sandbox::Artifact& artifact : report.artifacts) {
    bytes += artifact.bytes.size();
  }
  trial.expect(bytes == 64 * MiB && report.skipped_artifacts.size() == 16,
               std::to_string(bytes / MiB) + " MiB were brought back");
}

bool many_are_large(Cage& cage) {
  const Shared shared;
  shared.run(cage, {"sparse-files", "/shared", "32", "4"});
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(shared.at(""))) {
    bytes += entry.file_size();
  }
  return bytes == 128 * MiB;
}

void add_artifacts(Table& table) {
  table.push_back(Check("AR-02.artifacts", "bring back what links point to", links_as_artifacts,
                        [](Cage& cage) {
                          const Shared shared;
                          shared.run(cage, {"every-link", "/shared", shared.victim()});
                          return common::read_file(shared.at("absolute")) == Canary::text;
                        }));
  table.push_back(
      Check("AR-06.artifacts", "bring back what is no file", special_artifacts, [](Cage& cage) {
        const Shared shared;
        shared.run(cage, {"special-files", "/shared"});
        return open_waits(shared.at("fifo"), O_RDONLY);
      }));
  table.push_back(
      Check("AR-08.sparse", "bring back a tebibyte of nothing", sparse_file, size_is_a_lie));
  table.push_back(Check("AR-08.together", "bring back many files that are large together",
                        many_sparse_files, many_are_large));
  table.push_back(Check("AR-09.names", "names that write lines and lead out", hostile_names,
                        names_write_lines));
}

sandbox::Environment many_inodes() {
  sandbox::Environment environment;
  environment.disk_inodes = 120'000;
  environment.disk_bytes = 256 * MiB;
  return environment;
}

/// The time that listing and removing may take.
constexpr std::chrono::seconds soon{10};

bool has(const std::vector<BoxEntry>& entries, const std::string& path) {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const BoxEntry& entry) { return entry.path == path; });
}

sandbox::ErrorCode error_of_list(sandbox::Session& box, std::uint64_t most) {
  try {
    box.list_files(most);
  } catch (const sandbox::Error& error) {
    return error.code();
  }
  return {};
}

void is_empty_after_reset(Trial& trial) {
  const Clock::time_point start = Clock::now();
  trial.box().reset();
  trial.expect(Clock::now() - start < soon, "reset takes long");
  trial.expect(trial.box().list_files().empty(), "reset leaves files");
  trial.box().put_file("attack", attack_program(), true);
  const Observation next = trial.run({"leave-bytes", "/box/new", "1"});
  trial.expect(next.result.ok() && next.find("left") != nullptr, "the box is of no use any more");
}

void many_files(Trial& trial) {
  trial.run({"many-files", "/box", "100000"}, [](Command& command) {
    command.limits.cpu_time = std::chrono::seconds{10};
    command.limits.memory_bytes = 512 * MiB;
  });
  trial.expect(error_of_list(trial.box(), 10'000) == sandbox::ErrorCode::resource,
               "a list is longer than asked for");
  const Clock::time_point start = Clock::now();
  const auto entries = trial.box().list_files(200'000);
  trial.expect(entries.size() == 100'001, std::to_string(entries.size()) + " files are listed");
  trial.expect(Clock::now() - start < soon, "the list takes long");
  is_empty_after_reset(trial);
}

void deep_tree(Trial& trial) {
  trial.run({"deep-tree", "/box", "10000"});
  trial.expect(error_of_list(trial.box(), 200'000) == sandbox::ErrorCode::resource,
               "a list that is not whole says that it is");
  is_empty_after_reset(trial);
}

/// What the program left is no error of the sandbox: the report tells what became of it.
void deep_artifacts(Trial& trial) {
  const Report report = submit(trial, {"deep-tree", "/box", "5000"}, {"**/bottom"}, 10'000);
  trial.expect(report.stages.size() == 2 && report.ok(), describe(report.last().result));
  trial.expect(report.artifacts.empty() && report.skipped_artifacts.size() == 1,
               "the report does not tell that files could not be listed");
}

bool path_is_too_long(Cage& cage) {
  const Shared shared;
  shared.run(cage, {"deep-tree", "/shared", "10000"});
  std::string path = shared.at("d");
  for (int i = 0; i < 9999; ++i) {
    path += "/d";
  }
  struct stat about {};
  return std::filesystem::exists(shared.at("d")) && ::lstat(path.c_str(), &about) != 0 &&
         errno == ENAMETOOLONG;
}

void closed_trees(Trial& trial) {
  trial.run({"closed-trees", "/box"});
  const auto entries = trial.box().list_files();
  trial.expect(has(entries, "closed-0/inner/file") && has(entries, "closed-6/inner/file"),
               "a closed directory hides what is in it");
  trial.box().put_file("after", "mine");
  trial.expect(trial.box().get_file("after", KiB) == "mine", "a file is put after it");
  is_empty_after_reset(trial);
}

/// /box itself is the program's to close; the next stage, and a reset, do not depend on it.
void closed_box(Trial& trial) {
  trial.run({"closed-trees", "/box"});
  trial.expect(trial.run_command(trial.box(), {{"/bin/true"}, {}, {}, {}}).result.ok(),
               "the next stage");
  trial.run_command(trial.box(), {{"/bin/chmod", "0", "/box"}, {}, {}, {}});
  is_empty_after_reset(trial);
  trial.run_command(trial.box(), {{"/bin/chmod", "0", "/box"}, {}, {}, {}});
  trial.box().put_file("later/file", "mine");
  trial.expect(trial.box().get_file("later/file", KiB) == "mine", "a file is put after it");
}

/// Whoever is neither root nor careful cannot even list them.
bool owner_is_refused(Cage& cage) {
  const Shared shared;
  shared.run(cage, {"closed-trees", "/shared"}, {"--user", "65534"});
  ::chmod(shared.at("").parent_path().c_str(), 0777);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool refused = ::setresuid(65534, 65534, 65534) == 0 &&
                         ::open(shared.at("closed-0").c_str(), O_RDONLY) < 0 && errno == EACCES;
    ::_exit(refused ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0;
}

void add_trees(Table& table) {
  table.push_back(Check("AR-09.many", "a hundred thousand files", many_files,
                        [](Cage& cage) {
                          const Shared shared;
                          shared.run(cage, {"many-files", "/shared", "20000"});
                          return std::distance(std::filesystem::directory_iterator(shared.at("")),
                                               {}) == 20000;
                        })
                      .in(many_inodes())
                      .slow());
  table.push_back(
      Check("AR-10.deep", "a tree deeper than a path may be long", deep_tree, path_is_too_long)
          .in(many_inodes()));
  table.push_back(Check("AR-10.artifacts", "an error by a tree that cannot be listed",
                        deep_artifacts, path_is_too_long));
  table.push_back(Check("AR-19.closed", "trees that their owner may not search", closed_trees,
                        owner_is_refused));
  table.push_back(Check("AR-19.box", "an error by closing /box to the next stage", closed_box,
                        owner_is_refused));
}

} // namespace

void add_collection(Table& table) {
  add_artifacts(table);
  add_trees(table);
}

} // namespace containment
