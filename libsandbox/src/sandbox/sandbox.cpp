// SPDX-License-Identifier: Apache-2.0
#include "sandbox/artifacts.hpp"
#include "sandbox/open_box.hpp"
#include "sandbox/toolchain.hpp"

#include <sandbox/sandbox.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

namespace sandbox {
namespace {

constexpr std::size_t most_files = 4096;
constexpr std::uint64_t compile_keep_bytes = 1 * MiB;

/// One submission on its way through one box.
class Job {
 public:
  Job(const Recipe& recipe, const Submission& submission, const RunOptions& options)
      : recipe_(recipe), submission_(submission), options_(options),
        run_limits_(options.run_limits.value_or(recipe.run.limits)) {
    if (recipe.compile) {
      compile_limits_ = options.compile_limits.value_or(recipe.compile->limits);
    }
    name_files();
  }

  void put_files(Session& session) const {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      session.put_file(names_[i], submission_.files[i].bytes);
    }
  }

  StageReport compile(Session& session, std::stop_token stop) const {
    CapturedOutput captured(compile_keep_bytes, Keep::head_and_tail);
    Command command = make_command(*recipe_.compile, *compile_limits_);
    StageReport report{Stage::compile, session.run(command, captured, std::move(stop)), {}, {}};
    report.standard_output = captured.standard_output();
    report.standard_error = captured.standard_error();
    return report;
  }

  StageReport run(Session& session, std::stop_token stop) const {
    CapturedOutput captured(options_.keep_bytes, options_.keep);
    CallbackSink both([&](Stream stream, std::string_view bytes) {
      captured.write(stream, bytes);
      options_.sink->write(stream, bytes);
    });
    Command command = make_command(recipe_.run, run_limits_);
    command.env.insert(command.env.end(), submission_.env.begin(), submission_.env.end());
    command.input = submission_.input;
    OutputSink& sink = options_.sink != nullptr ? static_cast<OutputSink&>(both) : captured;
    StageReport report{Stage::run, session.run(command, sink, std::move(stop)), {}, {}};
    report.standard_output = captured.standard_output();
    report.standard_error = captured.standard_error();
    return report;
  }

 private:
  void name_files() {
    if (submission_.files.empty()) {
      throw Error(ErrorCode::invalid_argument, "submission", "has no source file");
    }
    if (submission_.files.size() > most_files) {
      throw Error(ErrorCode::invalid_argument, "submission",
                  fmt::format("has {} files; at most {} are allowed", submission_.files.size(),
                              most_files));
    }
    std::set<std::string_view> seen;
    names_.reserve(submission_.files.size());
    for (const SourceFile& file : submission_.files) {
      names_.push_back(file.path.empty() && names_.empty() ? recipe_.source_name : file.path);
    }
    for (const std::string& name : names_) {
      if (!seen.insert(name).second) {
        throw Error(ErrorCode::invalid_argument, fmt::format("file name \"{}\"", name),
                    "is given twice");
      }
    }
  }

  bool is_source(const std::string& name) const {
    const std::size_t dot = name.rfind('.');
    return dot != std::string::npos &&
           std::find(recipe_.extensions.begin(), recipe_.extensions.end(), name.substr(dot + 1)) !=
               recipe_.extensions.end();
  }

  Command make_command(const RecipeStage& stage, const Limits& limits) const {
    ExpansionJob job;
    job.source = names_.front();
    job.sources.push_back(names_.front());
    std::copy_if(names_.begin() + 1, names_.end(), std::back_inserter(job.sources),
                 [this](const std::string& name) { return is_source(name); });
    job.artifact = recipe_.artifact_name;
    job.args = submission_.args;
    job.limits = limits;
    Command command;
    command.argv = expand(stage.argv, job);
    command.env = expand_env(stage.env, job);
    command.limits = limits;
    return command;
  }

  const Recipe& recipe_;
  const Submission& submission_;
  const RunOptions& options_;
  Limits run_limits_;
  std::optional<Limits> compile_limits_;
  std::vector<std::string> names_;
};

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
  const Job job(recipe, submission, options);
  validate(options.run_limits.value_or(recipe.run.limits));
  Report report;
  report.language = recipe.id;
  const std::unique_ptr<Session> session =
      open_box(*backend_, environment(recipe, options), recipe);
  job.put_files(*session);
  if (recipe.compile) {
    report.stages.push_back(job.compile(*session, stop));
    if (report.compile_failed()) {
      return report;
    }
  }
  report.stages.push_back(job.run(*session, std::move(stop)));
  collect_artifacts(*session, options, report);
  return report;
}

std::string Sandbox::toolchain_version(const Recipe& recipe, const RunOptions& options) const {
  if (recipe.version_argv.empty()) {
    return {};
  }
  const Submission no_submission{.files = {{}}};
  const Job job(recipe, no_submission, options);
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
