// SPDX-License-Identifier: Apache-2.0
#include "containment/submit.hpp"

#include "common/backend.hpp"

#include <chrono>

namespace containment {

const sandbox::Recipe& shipped(const std::string& language) {
  static const auto catalog = sandbox::RecipeCatalog::load(SANDBOX_TEST_LANGUAGES);
  return catalog.at(language);
}

sandbox::Recipe script_recipe() {
  sandbox::Recipe recipe = sandbox::parse_recipe("schema: 1\n"
                                                 "id: script\n"
                                                 "title: a script as compiler\n"
                                                 "extensions: [sh]\n"
                                                 "source: main.sh\n"
                                                 "compile: {argv: [/bin/sh, \"{source}\"]}\n"
                                                 "run: {argv: [/bin/sh, ./run.sh]}\n"
                                                 "image: none\n",
                                                 "script.yaml");
  recipe.image = common::image();
  return recipe;
}

sandbox::RunOptions small_limits() {
  sandbox::Limits limits;
  limits.cpu_time = std::chrono::milliseconds{1000};
  limits.wall_time = std::chrono::milliseconds{5000};
  limits.memory_bytes = 192 * sandbox::MiB;
  limits.processes = 16;
  limits.file_size_bytes = 8 * sandbox::MiB;
  sandbox::RunOptions options;
  options.compile_limits = limits;
  options.run_limits = limits;
  return options;
}

sandbox::Report submit(Trial& trial, const sandbox::Recipe& recipe,
                       std::vector<sandbox::SourceFile> files, const sandbox::RunOptions& options) {
  sandbox::Submission submission;
  submission.files = std::move(files);
  return sandbox::Sandbox(trial.backend()).run(recipe, submission, options);
}

std::string all_output(const sandbox::Report& report) {
  std::string all;
  for (const sandbox::StageReport& stage : report.stages) {
    all += stage.standard_output.bytes() + stage.standard_error.bytes();
  }
  for (const sandbox::Artifact& artifact : report.artifacts) {
    all += artifact.bytes;
  }
  return all;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

} // namespace containment
