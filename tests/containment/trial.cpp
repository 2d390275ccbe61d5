// SPDX-License-Identifier: Apache-2.0
#include "containment/trial.hpp"

#include "common/backend.hpp"
#include "common/file.hpp"

namespace containment {

std::string attack_path() {
  return common::test_file("SANDBOX_TEST_ATTACK", SANDBOX_TEST_ATTACK);
}

const std::string& attack_program() {
  static const std::string bytes = common::read_file(attack_path());
  return bytes;
}

Trial::Trial(sandbox::Backend& backend, const Check& check, std::string mark,
             std::filesystem::path canary)
    : backend_(backend), check_(check), mark_(std::move(mark)), canary_(std::move(canary)) {}

sandbox::Session& Trial::box() {
  if (box_ == nullptr) {
    box_ = another_box();
  }
  return *box_;
}

std::unique_ptr<sandbox::Session> Trial::another_box() const {
  sandbox::Environment environment = check_.environment;
  environment.image = common::image();
  if (check_.change) {
    sandbox::Command command;
    check_.change(command);
    environment.expected_limits = command.limits;
  }
  auto session = backend_.open(environment);
  session->put_file("attack", attack_program(), true);
  return session;
}

Observation Trial::run(const std::vector<std::string>& arguments, const Check::Change& change) {
  return run(box(), arguments, change);
}

Observation Trial::run(sandbox::Session& session, const std::vector<std::string>& arguments,
                       const Check::Change& change) {
  sandbox::Command command;
  command.argv = {"./attack"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.argv.push_back(mark_);
  if (check_.change) {
    check_.change(command);
  }
  if (change) {
    change(command);
  }
  allowed_ns_ += sandbox::wall_time(command.limits).count();
  return run_command(session, command);
}

Observation Trial::run_command(sandbox::Session& session, const sandbox::Command& command) const {
  sandbox::CapturedOutput output(16 * sandbox::MiB);
  Observation seen;
  seen.result = session.run(command, output);
  seen.out = output.standard_output().bytes();
  seen.err = output.standard_error().bytes();
  seen.steps = parse_steps(seen.out);
  return seen;
}

void Trial::expect(bool right, const std::string& otherwise) {
  if (!right) {
    failures_.push_back(otherwise);
  }
}

void Trial::expect_contained(const Observation& seen) {
  const bool right_verdict = check_.verdicts.contains(seen.result.verdict);
  expect(right_verdict, "verdict: " + describe(seen.result));
  for (const Step& step : seen.steps) {
    expect(step.name != "escaped", "escaped: " + step.text);
    expect(step.name != "unable", "the attack cannot tell: " + step.text);
  }
  if (right_verdict && seen.result.ok()) {
    expect(seen.result.exit_code == contained_status, "exit status of an attack that was held: 0");
  }
  for (const auto& [name, right] : check_.expected_errors) {
    const Step* step = seen.find(name);
    expect(step != nullptr, "step " + name + " was not reached");
    if (step != nullptr) {
      expect(right.contains(step->error), "step " + name + ": " + step->error);
    }
  }
}

} // namespace containment
