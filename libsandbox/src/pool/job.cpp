// SPDX-License-Identifier: Apache-2.0
#include "pool/job.hpp"

#include <string>
#include <utility>

namespace sandbox::pool {

Job::Job(Recipe recipe, Submission submission, RunOptions options)
    : recipe_(std::move(recipe)), submission_(std::move(submission)), options_(std::move(options)) {
}

void Job::follow(std::stop_token caller, std::function<void()> then) {
  caller_.emplace(std::move(caller), [this, then = std::move(then)] {
    stop_.request_stop();
    then();
  });
}

void Job::run(const Sandbox& sandbox) noexcept {
  if (stop_requested()) {
    cancel("stop requested before a box was opened");
    return;
  }
  try {
    promise_.set_value(sandbox.run(recipe_, submission_, options_, stop_.get_token()));
  } catch (...) {
    promise_.set_exception(std::current_exception());
  }
}

void Job::cancel(std::string_view why) noexcept {
  try {
    StageReport stage;
    stage.stage = recipe_.compile ? Stage::compile : Stage::run;
    stage.result.verdict = Verdict::cancelled;
    stage.result.evidence.observed = why;
    Report report;
    report.language = recipe_.id;
    report.stages.push_back(std::move(stage));
    promise_.set_value(std::move(report));
  } catch (...) {
    promise_.set_exception(std::current_exception());
  }
}

} // namespace sandbox::pool
