// SPDX-License-Identifier: Apache-2.0
//
// One row of the expected table: an attack, what must become of it in a box, and the control that
// shows the attack able to succeed without one.
#pragma once

#include <sandbox/command.hpp>
#include <sandbox/environment.hpp>
#include <sandbox/result.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace containment {

class Cage;
class Trial;

enum class Where : std::uint8_t { everywhere, native, docker };

class Check {
 public:
  using Change = std::function<void(sandbox::Command&)>;
  using Body = std::function<void(Trial&)>;
  /// Whether the attack succeeds without a sandbox.
  using Control = std::function<bool(Cage&)>;

  /// A check whose attack is the attack program with these arguments. In a box it must report
  /// nothing forbidden and get verdict ok; in the cage the same arguments must escape.
  Check(std::string id, std::string title, std::vector<std::string> attack);
  /// A check that the harness makes itself; its control has to be given.
  Check(std::string id, std::string title, Body body, Control control);

  /// What a step's errno must be in a box, one of these.
  Check&& errors(std::string step, std::set<std::string> names) &&;
  /// The same for each of several steps.
  Check&& errors(const std::vector<std::string>& steps, const std::set<std::string>& names) &&;
  /// The verdicts that are right, in place of ok. With another verdict than ok the exit status of
  /// the attack does not count.
  Check&& verdict(std::set<sandbox::Verdict> right) &&;
  /// May alter the command: limits, input.
  Check&& with(Change change) &&;
  Check&& in(sandbox::Environment environment) &&;
  /// Looks further at what a run of the attack program showed.
  Check&& then(std::function<void(Trial&, const struct Observation&)> look) &&;
  /// A control of its own in place of the same arguments in the cage.
  Check&& control(Control control) &&;
  /// The control runs with these arguments instead: larger numbers, another target.
  Check&& control(std::vector<std::string> attack) &&;
  Check&& only(Where where) &&;
  /// Listed with this reason, not run; for one backend or for both.
  Check&& not_runnable(std::string reason, Where where = Where::everywhere) &&;
  /// Needs every guarantee: an unprivileged user without a delegated group has fewer.
  Check&& full() &&;
  /// Takes seconds or much of the machine: left out of `--quick`.
  Check&& slow() &&;

  std::string id;    // "FS-03.parents"; what stands before the dot is the row of the threat table
  std::string title; // what is attempted
  std::vector<std::string> attack{};
  Body body{};
  Control custom_control{};
  std::vector<std::string> control_attack{};
  std::map<std::string, std::set<std::string>> expected_errors{};
  std::set<sandbox::Verdict> verdicts{sandbox::Verdict::ok};
  Change change{};
  sandbox::Environment environment{};
  std::function<void(Trial&, const struct Observation&)> look{};
  Where where{Where::everywhere};
  std::map<Where, std::string> reasons{};
  bool needs_full{false};
  bool is_slow{false};

  /// Why it is not run on this backend; empty when it is.
  std::string why_not(const std::string& backend) const;
};

} // namespace containment
