// SPDX-License-Identifier: Apache-2.0
#include "run_command.hpp"

#include "artifact_writer.hpp"
#include "backend_choice.hpp"
#include "cancel.hpp"
#include "exit_status.hpp"
#include "job.hpp"
#include "message.hpp"
#include "printable.hpp"
#include "terminal.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace sandbox::cli {
namespace {

/// Opened before the run, so that a bad path is an error before anything is started.
class ReportFile {
 public:
  explicit ReportFile(const std::string& path) : path_(path) {
    if (!path.empty() && path != "-") {
      file_.open(path, std::ios::binary | std::ios::trunc);
      if (!file_) {
        throw Error(ErrorCode::invalid_argument, "--report " + printable(path),
                    std::strerror(errno), {}, errno);
      }
    }
  }
  bool to_stdout() const noexcept { return path_ == "-"; }
  bool wanted() const noexcept { return !path_.empty(); }
  void write(const Report& report) {
    const std::string text = to_json(report) + "\n";
    if (to_stdout()) {
      DescriptorSink(1, 2).write(Stream::standard_output, text);
    } else if (!(file_ << text).flush()) {
      throw Error(ErrorCode::resource, "--report " + printable(path_), std::strerror(errno), {},
                  errno);
    }
  }

 private:
  std::string path_;
  std::ofstream file_;
};

/// What the compiler said, errors and warnings alike.
void print_compiler_output(const Report& report, TerminalSink& terminal) {
  for (const StageReport& stage : report.stages) {
    if (stage.stage == Stage::compile) {
      terminal.write(Stream::standard_error, stage.standard_output.bytes());
      terminal.write(Stream::standard_error, stage.standard_error.bytes());
    }
  }
}

/// One line when something other than the program's own exit ended it.
void explain(const Report& report) {
  const Result& result = report.last().result;
  if (report.compile_failed()) {
    say(result.verdict == Verdict::nonzero_exit ? "compilation failed"
                                                : "compilation: " + describe(result));
  } else if (result.verdict != Verdict::ok && result.verdict != Verdict::nonzero_exit) {
    say(describe(result));
  }
}

/// One line when the cache was of no use, and not because nothing was in it yet.
void explain_cache(const Report& report) {
  for (const StageReport& stage : report.stages) {
    if (!stage.cache.detail.empty()) {
      say("cache: " + printable(stage.cache.detail));
    }
  }
}

void bring_artifacts(const Report& report, const ArtifactFolder& folder, bool force) {
  for (const SkippedArtifact& skipped : report.skipped_artifacts) {
    say(fmt::format("artifact {} left out: {}", printable(skipped.path),
                    printable(skipped.reason)));
  }
  folder.write(report.artifacts, force);
}

} // namespace

int run_command(const RunCommandOptions& options, const BackendOptions& backend_options,
                std::vector<std::string> args) {
  const RecipeCatalog catalog = load_catalog(backend_options);
  const Recipe& recipe = choose_recipe(catalog, options);
  RunOptions run = run_options(recipe, options, backend_options);
  const Submission submission = read_submission(options, std::move(args));
  const std::unique_ptr<CompileCache> cache = make_cache(options);
  run.cache = cache.get();
  const ArtifactFolder artifact_folder(options.artifact_directory);
  ReportFile report_file(options.report);

  const CancelOnSignal cancel;
  const std::unique_ptr<Backend> backend = choose_backend(backend_options, recipe, cancel.token());
  if (backend == nullptr) {
    return signal_base_status + cancel.signal();
  }
  TerminalSink terminal(options.raw);
  if (!report_file.to_stdout()) {
    run.sink = &terminal;
  }
  if (!report_file.wanted()) {
    run.keep_bytes = 0;
  }
  const Report report = Sandbox(*backend).run(recipe, submission, run, cancel.token());
  terminal.finish();
  print_compiler_output(report, terminal);
  terminal.finish();
  explain(report);
  explain_cache(report);
  if (report_file.wanted()) {
    report_file.write(report);
  }
  bring_artifacts(report, artifact_folder, options.force);
  return exit_status(report, cancel.signal());
}

} // namespace sandbox::cli
