// SPDX-License-Identifier: Apache-2.0
//
// sandbox-containment-tests --backend NAME: every attack of the table in boxes of this backend.
#include "common/backend.hpp"
#include "common/file.hpp"
#include "containment/run.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

namespace {

using containment::Check;
using containment::Outcome;

struct Options {
  std::string backend{"native"};
  std::vector<std::string> only{};
  bool quick{false};
  bool list{false};
  bool stop{false};
  bool brief{false};
  std::string controls{};
  std::string known{};
  std::string save_controls{};
  std::string json{};
  std::vector<std::string> accept_missing{};
};

bool wanted(const Check& check, const Options& options) {
  if (options.quick && check.is_slow) {
    return false;
  }
  if (check.where != containment::Where::everywhere &&
      (check.where == containment::Where::native) != (options.backend == "native")) {
    return false;
  }
  for (const std::string& prefix : options.only) {
    if (check.id.starts_with(prefix)) {
      return true;
    }
  }
  return options.only.empty();
}

/// What an application may have about it: whatever of it reached a program would show.
void be_careless() {
  ::setenv("SANDBOX_TEST_SECRET", "of-the-supervisor", 1);
  constexpr gid_t groups[] = {4, 24};
  [[maybe_unused]] const int set = ::setgroups(2, groups);
  constexpr rlimit some{10, 10};
  ::setrlimit(RLIMIT_RTPRIO, &some);
  ::setrlimit(RLIMIT_NICE, &some);
  // NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): glibc has no keyctl
  ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);
  ::syscall(SYS_add_key, "user", "sandbox-test-secret", "x", 1, KEY_SPEC_SESSION_KEYRING);
  // NOLINTEND(cppcoreguidelines-pro-type-vararg)
  ::umask(0);
  ::signal(SIGHUP, SIG_IGN);
  constexpr int left_open = 17;
  ::dup2(::open("/etc", O_RDONLY | O_DIRECTORY | O_CLOEXEC), left_open);
}

const char* name(Outcome::Kind kind) {
  const char* names[] = {"passed", "failed", "not_runnable"};
  return names[static_cast<int>(kind)];
}

void save(const std::string& file, const std::string& backend,
          const std::vector<Outcome>& outcomes) {
  nlohmann::json all = nlohmann::json::array();
  for (const Outcome& each : outcomes) {
    all.push_back({{"id", each.id},
                   {"title", each.title},
                   {"outcome", name(each.kind)},
                   {"reasons", each.reasons},
                   {"seconds", each.seconds}});
  }
  std::ofstream(file) << nlohmann::json{{"backend", backend}, {"checks", all}}.dump(
                             1, ' ', true, nlohmann::json::error_handler_t::replace)
                      << '\n';
}

/// A control that is not known to fail here has broken: what it stands for was not checked.
void expect_control(Outcome& outcome, const std::string& known) {
  const bool without_control = outcome.kind == Outcome::Kind::not_runnable &&
                               outcome.reasons.front().starts_with(containment::no_success);
  if (without_control && known.find("\n" + outcome.id + " ") == std::string::npos) {
    outcome.kind = Outcome::Kind::failed;
  }
}

int run(const Options& options) {
  const containment::Table table = containment::whole_table();
  if (options.list) {
    for (const Check& check : table) {
      std::printf("%-28s %s\n", check.id.c_str(), check.title.c_str());
    }
    return 0;
  }
  const bool weak = std::getenv("SANDBOX_TEST_WEAK") != nullptr;
  be_careless();
  const auto backend = common::make_backend(options.backend, options.accept_missing);
  if (!common::usable(*backend)) {
    return common::skipped_status;
  }
  containment::Host host(*backend);
  containment::Controls controls(options.controls);
  const std::string known = common::read_file(options.known);
  std::vector<Outcome> outcomes;
  std::map<Outcome::Kind, int> counts;
  for (const Check& check : table) {
    const bool stopped = options.stop && counts[Outcome::Kind::failed] > 0;
    if (!stopped && wanted(check, options)) {
      outcomes.push_back(containment::run_check(check, *backend, host, controls, weak));
      if (!options.known.empty()) {
        expect_control(outcomes.back(), known);
      }
      if (!options.brief || outcomes.back().kind == Outcome::Kind::failed) {
        containment::print(outcomes.back());
      }
      ++counts[outcomes.back().kind];
    }
  }
  std::printf("%s: %d passed, %d failed, %d not runnable\n", options.backend.c_str(),
              counts[Outcome::Kind::passed], counts[Outcome::Kind::failed],
              counts[Outcome::Kind::not_runnable]);
  if (!options.save_controls.empty()) {
    controls.save(options.save_controls);
  }
  if (!options.json.empty()) {
    save(options.json, options.backend, outcomes);
  }
  return counts[Outcome::Kind::failed] == 0 && counts[Outcome::Kind::passed] > 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Every attack of the table in boxes of one backend."};
  app.add_option("--backend", options.backend, "native or docker");
  app.add_option("--only", options.only, "checks whose id begins so");
  app.add_flag("--quick", options.quick, "without those that take seconds");
  app.add_flag("--stop", options.stop, "end with the first that fails");
  app.add_flag("--brief", options.brief, "print only what failed");
  app.add_flag("--list", options.list, "list the table");
  app.add_option("--controls", options.controls, "what an earlier run saw without a sandbox");
  app.add_option("--known", options.known,
                 "whose control may fail; any other that does is a failure");
  app.add_option("--save-controls", options.save_controls, "keep what was seen");
  app.add_option("--accept-missing", options.accept_missing,
                 "guarantees that the backend may lack");
  app.add_option("--json", options.json, "write the outcomes");
  CLI11_PARSE(app, argc, argv);
  return run(options);
}
