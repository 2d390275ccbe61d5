// SPDX-License-Identifier: Apache-2.0
#include "job.hpp"

#include "read_file.hpp"

#include <sandbox/units.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <functional>

namespace sandbox::cli {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& why,
                         const std::string& remedy = {}) {
  throw Error(ErrorCode::invalid_argument, what, why, remedy);
}

/// Applies a parser to what was typed and names the option in its error.
template <class Value, class Parser>
void apply(const char* option, const std::string& typed, Value& value, Parser parse) {
  if (typed.empty()) {
    return;
  }
  try {
    value = static_cast<Value>(parse(typed));
  } catch (const Error& error) {
    refuse(option, error.what());
  }
}

void apply_time(const LimitOptions& typed, Limits& limits) {
  apply("--time", typed.time, limits.cpu_time, parse_duration);
  if (!typed.time.empty()) {
    limits.wall_time = default_wall_time(limits.cpu_time);
  }
  apply("--wall", typed.wall, limits.wall_time, parse_duration);
}

SourceFile extra_file(const std::string& typed) {
  const std::size_t colon = typed.find(':');
  const std::filesystem::path path = typed.substr(0, colon);
  std::string name =
      colon == std::string::npos ? path.filename().native() : typed.substr(colon + 1);
  if (path.empty() || name.empty()) {
    refuse("--file " + printable_name(typed), "must be PATH or PATH:NAME");
  }
  return {std::move(name), read_file(path)};
}

std::pair<std::string, std::string> variable(const std::string& typed) {
  const std::size_t equals = typed.find('=');
  if (equals == std::string::npos || equals == 0) {
    refuse("--env " + typed, "must be NAME=VALUE");
  }
  return {typed.substr(0, equals), typed.substr(equals + 1)};
}

} // namespace

std::unique_ptr<Backend> choose_backend(const BackendOptions& options) {
  std::string name = options.backend;
  if (name == "auto") {
    const char* chosen = std::getenv("SANDBOX_BACKEND");
    name = chosen != nullptr && *chosen != '\0' ? chosen : "auto";
  }
  if (name == "docker") {
    throw Error(ErrorCode::unsupported, "backend docker", "is not built in this version",
                "use --backend native");
  }
  if (name != "auto" && name != "native") {
    refuse("backend " + name, "is not known", "known: auto, native");
  }
  NativeOptions native;
  native.cgroup_parent = options.cgroup_parent == "self" ? "" : options.cgroup_parent;
  native.require = options.require;
  native.accept_missing = options.accept_missing;
  return make_native_backend(std::move(native));
}

RecipeCatalog load_catalog(const BackendOptions& options) {
  return RecipeCatalog::load(options.languages.empty() ? RecipeCatalog::default_folder()
                                                       : std::filesystem::path(options.languages));
}

const Recipe& choose_recipe(const RecipeCatalog& catalog, const RunCommandOptions& options) {
  if (!options.language.empty()) {
    return catalog.at(options.language);
  }
  if (options.file == "-") {
    refuse("source on stdin", "its language is unknown", "give --lang ID");
  }
  const Recipe* recipe =
      catalog.find_by_file_name(std::filesystem::path(options.file).filename().native());
  if (recipe == nullptr) {
    throw Error(ErrorCode::not_found, printable_name(options.file),
                "no language claims this extension",
                "give --lang ID; sandboxrun languages lists them");
  }
  return *recipe;
}

Submission read_submission(const RunCommandOptions& options, std::vector<std::string> args) {
  Submission submission;
  submission.files.push_back(
      {"", options.file == "-" ? read_stream(STDIN_FILENO, "stdin") : read_file(options.file)});
  for (const std::string& typed : options.extra_files) {
    submission.files.push_back(extra_file(typed));
  }
  for (const std::string& typed : options.env) {
    submission.env.push_back(variable(typed));
  }
  submission.args = std::move(args);
  if (!options.input.empty()) {
    submission.input = FileInput{options.input};
  } else if (options.file != "-") {
    submission.input = DescriptorInput{STDIN_FILENO};
  }
  return submission;
}

Limits run_limits(const Recipe& recipe, const LimitOptions& typed) {
  Limits limits = recipe.run.limits;
  apply_time(typed, limits);
  apply("--memory", typed.memory, limits.memory_bytes, parse_size);
  apply("--processes", typed.processes, limits.processes, parse_count);
  apply("--cores", typed.cores, limits.cores, parse_decimal);
  apply("--output", typed.output, limits.output_bytes, parse_size);
  apply("--file-size", typed.file_size, limits.file_size_bytes, parse_size);
  apply("--disk", typed.disk, limits.disk_bytes, parse_size);
  apply("--inodes", typed.inodes, limits.disk_inodes, parse_count);
  apply("--open-files", typed.open_files, limits.open_files, parse_count);
  apply("--stack", typed.stack, limits.stack_bytes, parse_size);
  validate(limits);
  return limits;
}

Limits compile_limits(const Recipe& recipe, const LimitOptions& typed) {
  Limits limits = recipe.compile ? recipe.compile->limits : sandbox::compile_limits();
  apply("--compile-time", typed.compile_time, limits.cpu_time, parse_duration);
  if (!typed.compile_time.empty()) {
    limits.wall_time = default_wall_time(limits.cpu_time);
  }
  apply("--compile-memory", typed.compile_memory, limits.memory_bytes, parse_size);
  validate(limits);
  return limits;
}

Network parse_network(const std::string& text) {
  if (text == "none") {
    return Network::none;
  }
  if (text == "loopback") {
    return Network::loopback;
  }
  refuse("--network " + text, "is not known", "known: none, loopback");
}

} // namespace sandbox::cli
