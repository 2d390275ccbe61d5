// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/backend.hpp>
#include <sandbox/sandbox.hpp>

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace sandbox {

/// The stages of one submission. Refers to what it is made of.
class Stages {
 public:
  /// Throws Error(invalid_argument) for a submission that cannot be meant.
  Stages(const Recipe& recipe, const Submission& submission, const RunOptions& options);

  /// What each of Submission::files is called in /box.
  const std::vector<std::string>& names() const noexcept { return names_; }
  /// Of a recipe that compiles.
  Command compile_command() const;

  void put_files(Session& session) const;
  StageReport compile(Session& session, std::stop_token stop) const;
  StageReport run(Session& session, std::stop_token stop) const;

 private:
  void name_files();
  bool is_source(const std::string& name) const;
  Command make_command(const RecipeStage& stage, const Limits& limits) const;

  const Recipe& recipe_;
  const Submission& submission_;
  const RunOptions& options_;
  Limits run_limits_;
  std::optional<Limits> compile_limits_;
  std::vector<std::string> names_;
};

} // namespace sandbox
