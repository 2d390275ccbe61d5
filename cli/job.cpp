// SPDX-License-Identifier: Apache-2.0
#include "job.hpp"

#include "printable.hpp"
#include "read_file.hpp"

#include <sandbox/units.hpp>

#include <unistd.h>

#include <filesystem>

namespace sandbox::cli {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& why,
                         const std::string& remedy = {}) {
  throw Error(ErrorCode::invalid_argument, what, why, remedy);
}

Limits with(Limits limits, const TypedLimits& typed) {
  for (const std::string_view name : limit_names()) {
    const auto found = typed.find(name);
    if (found == typed.end() || found->second.text.empty()) {
      continue;
    }
    try {
      set_limit(limits, name, found->second.text);
      validate(limits);
    } catch (const Error& error) {
      refuse(found->second.option, error.what());
    }
  }
  return limits;
}

SourceFile extra_file(const std::string& typed) {
  const std::size_t colon = typed.find(':');
  const std::filesystem::path path = typed.substr(0, colon);
  std::string name =
      colon == std::string::npos ? path.filename().native() : typed.substr(colon + 1);
  if (path.empty() || name.empty()) {
    refuse("--file " + printable(typed), "must be PATH or PATH:NAME");
  }
  return {std::move(name), read_file(path)};
}

std::pair<std::string, std::string> variable(const std::string& typed) {
  const std::size_t equals = typed.find('=');
  if (equals == std::string::npos || equals == 0) {
    refuse("--env " + printable(typed), "must be NAME=VALUE");
  }
  return {typed.substr(0, equals), typed.substr(equals + 1)};
}

Network parse_network(const std::string& text) {
  if (text == "none") {
    return Network::none;
  }
  if (text == "loopback") {
    return Network::loopback;
  }
  refuse("--network " + printable(text), "is not known", "known: none, loopback");
}

std::uint64_t parse_keep(const std::string& text) {
  constexpr std::uint64_t most = 1 * GiB; // it is kept in memory
  std::uint64_t bytes = 0;
  try {
    bytes = parse_size(text);
  } catch (const Error& error) {
    refuse("--keep", error.what());
  }
  if (bytes > most) {
    refuse("--keep " + printable(text), "is more than " + format_size(most));
  }
  return bytes;
}

std::uint64_t parse_cache_size(const std::string& text) {
  std::uint64_t bytes = 0;
  try {
    bytes = parse_size(text);
  } catch (const Error& error) {
    refuse("--cache-size", error.what());
  }
  if (bytes == 0) {
    refuse("--cache-size " + printable(text), "must be above 0");
  }
  return bytes;
}

/// Where an installation lies that was moved.
std::filesystem::path folder_beside_executable() {
  std::error_code error;
  const auto executable = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto prefix = executable.parent_path().parent_path();
  const auto folder = prefix / "share" / "libsandbox" / "languages";
  return std::filesystem::exists(folder, error) ? folder : RecipeCatalog::default_folder();
}

} // namespace

RecipeCatalog load_catalog(const BackendOptions& options) {
  if (!options.languages.empty()) {
    return RecipeCatalog::load(options.languages);
  }
  const std::filesystem::path folder = RecipeCatalog::default_folder();
  return RecipeCatalog::load(std::filesystem::exists(folder) ? folder : folder_beside_executable());
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
    throw Error(ErrorCode::not_found, printable(options.file), "no language claims this extension",
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

std::unique_ptr<CompileCache> make_cache(const RunCommandOptions& options) {
  if (options.cache.empty()) {
    if (!options.cache_size.empty()) {
      refuse("--cache-size", "is for --cache");
    }
    return nullptr;
  }
  CompileCacheOptions cache;
  cache.folder = std::filesystem::absolute(options.cache);
  if (!options.cache_size.empty()) {
    cache.max_bytes = parse_cache_size(options.cache_size);
  }
  return std::make_unique<CompileCache>(std::move(cache));
}

RunOptions run_options(const Recipe& recipe, const RunCommandOptions& typed,
                       const BackendOptions& backend) {
  RunOptions options;
  options.run_limits = with(recipe.run.limits, typed.run_limits);
  options.compile_limits = with(recipe.compile ? recipe.compile->limits : default_compile_limits(),
                                typed.compile_limits);
  options.network = parse_network(typed.network);
  options.image = backend.image;
  options.rootfs = backend.rootfs;
  options.artifacts = typed.artifacts;
  options.keep = typed.head_and_tail ? Keep::head_and_tail : Keep::head;
  if (!typed.keep.empty()) {
    options.keep_bytes = parse_keep(typed.keep);
  }
  return options;
}

} // namespace sandbox::cli
