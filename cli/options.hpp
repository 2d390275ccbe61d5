// SPDX-License-Identifier: Apache-2.0
//
// What the command line says, as it stands there; the meaning is given to it by the verbs.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace sandbox::cli {

struct BackendOptions {
  std::string backend; // empty: $SANDBOX_BACKEND decides
  std::string docker_host;
  std::string runtime;
  std::string image; // in place of the recipe's
  bool pull{false};
  std::string rootfs;
  std::string cgroup_parent{"/libsandbox"};
  std::vector<std::string> require;
  std::vector<std::string> accept_missing;
  std::string languages; // folder
};

struct TypedLimit {
  std::string option; // "--time"
  std::string text;   // empty: the recipe's limit holds
};

/// By the names of sandbox::limit_names().
using TypedLimits = std::map<std::string, TypedLimit, std::less<>>;

struct RunCommandOptions {
  std::string file;
  std::string language;
  std::vector<std::string> extra_files; // PATH[:NAME]
  std::vector<std::string> env;         // NAME=VALUE
  std::string input;                    // file; empty: our stdin
  std::string network{"none"};
  std::string report;
  std::vector<std::string> artifacts;
  std::string artifact_directory{"."};
  bool force{false};
  bool raw{false};
  std::string keep;       // size; empty: the library's default
  std::string cache;      // folder; empty: none
  std::string cache_size; // empty: the library's default
  bool head_and_tail{false};
  TypedLimits run_limits;
  TypedLimits compile_limits;
};

void add_backend_options(CLI::App& app, BackendOptions& options);
/// Those that only a verb which runs one recipe has.
void add_image_options(CLI::App& app, BackendOptions& options);
/// What finds the engine and the recipes, for a verb that makes no boxes.
void add_docker_host_option(CLI::App& app, BackendOptions& options);
void add_languages_option(CLI::App& app, BackendOptions& options);
void add_run_options(CLI::App& app, RunCommandOptions& options);
/// An option that is given must say something: a script whose variable is unset would otherwise run
/// under a limit it did not mean.
void refuse_empty_values(CLI::App& app);

} // namespace sandbox::cli
