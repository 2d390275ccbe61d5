// SPDX-License-Identifier: Apache-2.0
//
// One language: how to compile and run it, in what, under which limits, and how to test that it
// works. The file format is described in docs/recipes.md and languages/recipe.schema.json.
#pragma once

#include <sandbox/export.hpp>
#include <sandbox/limits.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sandbox {

/// One stage of a recipe. Elements of `argv` may hold placeholders: {source}, {sources},
/// {artifact}, {args}, {memory_mib}, {memory_mib*3/4}, {cores}, ... expanded by expand() against a
/// job.
struct RecipeStage {
  std::vector<std::string> argv{};
  std::vector<std::pair<std::string, std::string>> env{};
  Limits limits{};
};

/// A program of the recipe's self-test and what must become of it.
struct SelfTest {
  std::string name{};
  std::string source{};
  std::vector<std::pair<std::string, std::string>> files{}; // further files
  std::string input{};
  std::vector<std::string> args{};
  std::optional<std::string> expected_output{}; // compared exactly
  std::string expected_verdict{"ok"};           // a Verdict's name, or "compile_error"
  std::optional<int> expected_exit_code{};
};

struct Recipe {
  std::string id{};
  std::string title{};
  std::vector<std::string> aliases{};
  std::vector<std::string> extensions{}; // without the dot
  std::string source_name{};             // what the main source is called in /box
  std::string artifact_name{}; // {artifact}: what the compile stage leaves behind; may be empty
  std::vector<std::string> scratch{}; // what compiling leaves in /box and running does not need

  std::optional<RecipeStage> compile{};
  RecipeStage run{};
  /// The run stage's program may be started before its source is there, to wait for that: nothing
  /// it does until it first asks for the source depends on the submission.
  bool ahead{false};

  std::string image{};                // docker: the image's name
  std::filesystem::path dockerfile{}; // docker: absolute; empty when the image is somebody else's
  std::vector<std::string> executables{}; // native: what must be in the PATH of the box
  std::vector<std::filesystem::path>
      extra_paths; // native: further read-only host paths; only those present
  std::vector<std::string> debian_packages{}; // native: what brings the executables
  std::vector<std::string> version_argv{};
  std::vector<SelfTest> self_tests{};
  std::filesystem::path origin{}; // the file it was read from; empty when parsed from memory
};

/// Parses one recipe. Throws ConfigError with the place of the first mistake.
SANDBOX_API Recipe parse_recipe(std::string_view yaml, const std::string& file_name);

/// Which of the recipe's executables this host lacks in the directories that a native box shows.
SANDBOX_API std::vector<std::string> missing_executables(const Recipe& recipe);

/// What the placeholders of a stage are computed from.
struct ExpansionJob {
  std::string source{};               // path of the main source relative to /box
  std::vector<std::string> sources{}; // all that have one of the recipe's extensions
  std::string artifact{};
  std::vector<std::string> args{};
  Limits limits{};
};

/// The argv with placeholders replaced. {sources} and {args} must stand alone and become several
/// elements.
SANDBOX_API std::vector<std::string> expand(const std::vector<std::string>& argv,
                                            const ExpansionJob& job);

/// The environment with placeholders in the values replaced; {sources} and {args} are not allowed
/// there.
SANDBOX_API std::vector<std::pair<std::string, std::string>>
expand_env(const std::vector<std::pair<std::string, std::string>>& env, const ExpansionJob& job);

} // namespace sandbox
