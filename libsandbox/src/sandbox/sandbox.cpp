// SPDX-License-Identifier: Apache-2.0
#include "sandbox/artifacts.hpp"
#include "sandbox/cached_compile.hpp"
#include "sandbox/open_box.hpp"
#include "sandbox/stages.hpp"
#include "sandbox/toolchain.hpp"

#include <sandbox/sandbox.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <utility>

namespace sandbox {
namespace {

std::string first_line(const CapturedOutput& captured) {
  // Java's goes to stderr.
  std::istringstream lines(captured.standard_output().bytes() + captured.standard_error().bytes());
  std::string line;
  while (line.empty() && std::getline(lines, line)) {
  }
  return line;
}

/// What a submission of one file without arguments is run by.
AheadProgram program_ahead(const Recipe& recipe, const Limits& limits) {
  ExpansionJob job;
  job.source = recipe.source_name;
  job.sources = {recipe.source_name};
  job.artifact = recipe.artifact_name;
  job.limits = limits;
  return {expand(recipe.run.argv, job), expand_env(recipe.run.env, job), recipe.source_name};
}

} // namespace

Sandbox::Sandbox(Backend& backend) noexcept : backend_(&backend) {}

Environment Sandbox::environment(const Recipe& recipe, const RunOptions& options) const {
  const Limits run_limits = options.run_limits.value_or(recipe.run.limits);
  Environment environment;
  environment.image = options.image.empty() ? recipe.image : options.image;
  environment.rootfs = options.rootfs;
  environment.network = options.network;
  environment.disk_bytes = run_limits.disk_bytes;
  environment.disk_inodes = run_limits.disk_inodes;
  environment.expected_limits = run_limits;
  if (recipe.compile) {
    const Limits compile_limits = options.compile_limits.value_or(recipe.compile->limits);
    environment.disk_bytes = std::max(environment.disk_bytes, compile_limits.disk_bytes);
    environment.disk_inodes = std::max(environment.disk_inodes, compile_limits.disk_inodes);
    environment.expected_limits = compile_limits;
  } else if (recipe.ahead) {
    environment.ahead = program_ahead(recipe, run_limits);
  }
  if (backend_->name() == "native" && environment.rootfs.empty()) {
    require_toolchain(recipe);
    std::copy_if(recipe.extra_paths.begin(), recipe.extra_paths.end(),
                 std::back_inserter(environment.extra_paths),
                 [](const auto& path) { return std::filesystem::exists(path); });
  }
  return environment;
}

Report Sandbox::run(const Recipe& recipe, const Submission& submission, const RunOptions& options,
                    std::stop_token stop) const {
  const Stages stages(recipe, submission, options);
  validate(options.run_limits.value_or(recipe.run.limits));
  Report report;
  report.language = recipe.id;
  const Environment environment = this->environment(recipe, options);
  std::unique_ptr<Session> session = open_box(*backend_, environment, recipe);
  stages.put_files(*session);
  if (recipe.compile) {
    CachedCompile cached(options.cache != nullptr ? options.cache->store_.get() : nullptr,
                         {recipe, submission, stages, environment});
    std::optional<StageReport> found = cached.restore(*session);
    if (!found) {
      if (cached.box_is_spoilt()) {
        session.reset();
        session = open_box(*backend_, environment, recipe);
        stages.put_files(*session);
      }
      found = stages.compile(*session, stop);
      cached.keep(*session, *found);
    }
    report.stages.push_back(*std::move(found));
    if (report.compile_failed()) {
      return report;
    }
  }
  report.stages.push_back(stages.run(*session, std::move(stop)));
  collect_artifacts(*session, options, report);
  return report;
}

std::string Sandbox::toolchain_version(const Recipe& recipe, const RunOptions& options) const {
  if (recipe.version_argv.empty()) {
    return {};
  }
  const std::unique_ptr<Session> session =
      open_box(*backend_, environment(recipe, options), recipe);
  Command command;
  command.argv = recipe.version_argv;
  command.limits = default_compile_limits();
  CapturedOutput captured;
  if (const Result result = session->run(command, captured); !result.ok()) {
    throw Error(ErrorCode::unsupported, fmt::format("version command of {}", recipe.id),
                describe(result));
  }
  return first_line(captured);
}

} // namespace sandbox
