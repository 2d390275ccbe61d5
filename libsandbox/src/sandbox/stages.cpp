// SPDX-License-Identifier: Apache-2.0
#include "sandbox/stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace sandbox {
namespace {

constexpr std::size_t most_files = 4096;
constexpr std::uint64_t compile_keep_bytes = 1 * MiB;

} // namespace

Stages::Stages(const Recipe& recipe, const Submission& submission, const RunOptions& options)
    : recipe_(recipe), submission_(submission), options_(options),
      run_limits_(options.run_limits.value_or(recipe.run.limits)) {
  if (recipe.compile) {
    compile_limits_ = options.compile_limits.value_or(recipe.compile->limits);
  }
  name_files();
}

Command Stages::compile_command() const {
  return make_command(*recipe_.compile, *compile_limits_);
}

void Stages::put_files(Session& session) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    session.put_file(names_[i], submission_.files[i].bytes);
  }
}

StageReport Stages::compile(Session& session, std::stop_token stop) const {
  CapturedOutput captured(compile_keep_bytes, Keep::head_and_tail);
  StageReport report{
      Stage::compile, session.run(compile_command(), captured, std::move(stop)), {}, {}, {}};
  report.standard_output = captured.standard_output();
  report.standard_error = captured.standard_error();
  return report;
}

StageReport Stages::run(Session& session, std::stop_token stop) const {
  CapturedOutput captured(options_.keep_bytes, options_.keep);
  CallbackSink both([&](Stream stream, std::string_view bytes) {
    captured.write(stream, bytes);
    options_.sink->write(stream, bytes);
  });
  Command command = make_command(recipe_.run, run_limits_);
  command.env.insert(command.env.end(), submission_.env.begin(), submission_.env.end());
  command.input = submission_.input;
  OutputSink& sink = options_.sink != nullptr ? static_cast<OutputSink&>(both) : captured;
  StageReport report{Stage::run, session.run(command, sink, std::move(stop)), {}, {}, {}};
  report.standard_output = captured.standard_output();
  report.standard_error = captured.standard_error();
  return report;
}

void Stages::name_files() {
  if (submission_.files.empty()) {
    throw Error(ErrorCode::invalid_argument, "submission", "has no source file");
  }
  if (submission_.files.size() > most_files) {
    throw Error(
        ErrorCode::invalid_argument, "submission",
        fmt::format("has {} files; at most {} are allowed", submission_.files.size(), most_files));
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

bool Stages::is_source(const std::string& name) const {
  const std::size_t dot = name.rfind('.');
  return dot != std::string::npos && std::find(recipe_.extensions.begin(), recipe_.extensions.end(),
                                               name.substr(dot + 1)) != recipe_.extensions.end();
}

Command Stages::make_command(const RecipeStage& stage, const Limits& limits) const {
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

} // namespace sandbox
