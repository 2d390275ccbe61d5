// SPDX-License-Identifier: Apache-2.0
#include "containment/run.hpp"

#include "containment/trial.hpp"

#include <sandbox/error.hpp>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <exception>

namespace containment {
namespace {

using Clock = std::chrono::steady_clock;

/// Beyond the limits of its runs, a check may take this long: boxes are made and ended in it.
constexpr std::chrono::seconds grace{4};

std::string make_mark(const Check& check) {
  return "--mark=" + check.id + "." + std::to_string(::getpid());
}

std::string why_not_here(const Check& check, const std::string& backend, bool weak) {
  if (weak && check.needs_full) {
    return "needs guarantees that this user cannot be given";
  }
  return check.why_not(backend);
}

void attack(Trial& trial, const Check& check) {
  if (check.body) {
    check.body(trial);
    return;
  }
  const Observation seen = trial.run(check.attack);
  trial.expect_contained(seen);
  if (check.look) {
    check.look(trial, seen);
  }
}

/// An error of ours is no way for an attack to end.
void try_attack(Trial& trial, const Check& check) {
  try {
    attack(trial, check);
  } catch (const sandbox::Error& error) {
    trial.expect(false, std::string("error of the sandbox: ") + error.what());
  } catch (const std::exception& error) {
    trial.expect(false, std::string("exception: ") + error.what());
  }
  trial.close_box();
}

} // namespace

Outcome run_check(const Check& check, sandbox::Backend& backend, Host& host, Controls& controls,
                  bool weak) {
  Outcome outcome{check.id, check.title};
  std::string why_not = why_not_here(check, std::string(backend.name()), weak);
  if (why_not.empty()) {
    why_not = controls.why_not_proven(check);
  }
  if (!why_not.empty()) {
    outcome.kind = Outcome::Kind::not_runnable;
    outcome.reasons = {why_not};
    return outcome;
  }
  host.remember();
  Trial trial(backend, check, make_mark(check), host.canary().directory());
  const Clock::time_point start = Clock::now();
  try_attack(trial, check);
  outcome.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  trial.expect(check.body != nullptr || Clock::now() - start <= trial.allowed_time() + grace,
               "took longer than its limits and the grace allow");
  outcome.reasons = trial.failures();
  for (std::string& change : host.changes(trial.mark())) {
    outcome.reasons.push_back("host: " + change);
  }
  outcome.kind = outcome.reasons.empty() ? Outcome::Kind::passed : Outcome::Kind::failed;
  return outcome;
}

void print(const Outcome& outcome) {
  const char* words[] = {"ok  ", "FAIL", "--  "};
  std::printf("%s %-28s %s", words[static_cast<int>(outcome.kind)], outcome.id.c_str(),
              outcome.title.c_str());
  std::printf(outcome.kind == Outcome::Kind::not_runnable ? "\n" : " (%.2f s)\n", outcome.seconds);
  for (const std::string& reason : outcome.reasons) {
    std::printf("       %s\n", reason.c_str());
  }
  std::fflush(stdout);
}

} // namespace containment
