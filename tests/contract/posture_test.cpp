// SPDX-License-Identifier: Apache-2.0
//
// What a program finds itself in.
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <map>
#include <sstream>

using contract::run;
using sandbox::Command;

namespace {

std::map<std::string, std::string> lines(const std::string& text, char separator) {
  std::map<std::string, std::string> values;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t at = line.find(separator);
    if (at != std::string::npos) {
      const std::size_t begin = line.find_first_not_of(" \t", at + 1);
      values[line.substr(0, at)] = begin == std::string::npos ? "" : line.substr(begin);
    }
  }
  return values;
}

} // namespace

TEST_CASE("a program has no capability, no new privileges and a filter") {
  const auto status = lines(run({"show", "/proc/self/status"}).out, ':');
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    CHECK(status.at(set) == "0000000000000000");
  }
  CHECK(status.at("NoNewPrivs") == "1");
  CHECK(status.at("Seccomp") == "2");
}

TEST_CASE("a program has no supplementary groups", "[full]") {
  CHECK(lines(run({"show", "/proc/self/status"}).out, ':').at("Groups").empty());
}

TEST_CASE("a program runs as uid and gid 1000 in /box") {
  CHECK(run({"ids"}).out == "1000 1000 1\n");
  CHECK(run({"cwd"}).out == "/box\n");
}

TEST_CASE("only descriptors 0, 1 and 2 are open") {
  CHECK(run({"fds"}).out == "0\n1\n2\n");
}

TEST_CASE("signals are at their defaults whatever the caller does with them") {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGCHLD, SIG_IGN);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  const auto ran = run({"signals"});
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGCHLD, SIG_DFL);
  CHECK(ran.out.empty());
  CHECK(ran.result.ok());
}

TEST_CASE("arguments arrive byte by byte") {
  const std::vector<std::string> args{"args", "",         "two words", "-x",
                                      "a\nb", "\xff\x01", "\"'$(id)`"};
  std::string expected;
  for (std::size_t i = 1; i < args.size(); ++i) {
    expected += args[i] + std::string(1, '\0');
  }
  CHECK(run(args).out == expected);
}

TEST_CASE("the environment is PATH, HOME, LANG and what the command says") {
  ::setenv("SECRET", "of the caller", 1);
  const auto env = lines(run({"env"},
                             [](Command& command) {
                               command.env = {{"LANG", "C"}, {"MINE", "a=b"}};
                             })
                             .out,
                         '=');
  CHECK(env.size() == 4);
  CHECK(env.at("HOME") == "/box");
  CHECK(env.at("LANG") == "C");
  CHECK(env.at("MINE") == "a=b");
}

TEST_CASE("what would reach beyond the box is refused") {
  auto outcomes = lines(run({"forbidden"}).out, ' ');
  if (contract::differences().shows_own_control_group) {
    outcomes.erase("sys");
  }
  if (contract::differences().may_offer_itself_to_the_oom_killer) {
    outcomes.erase("oom_score_adj");
  }
  for (const auto& [attempt, outcome] : outcomes) {
    INFO(attempt);
    CHECK(outcome != "allowed");
  }
  CHECK(outcomes.at("ptrace") == "EPERM");
  CHECK(outcomes.at("unshare") == "EPERM");
  CHECK(outcomes.at("alg") == "EAFNOSUPPORT");
  CHECK(outcomes.at("inet") == "EAFNOSUPPORT");
}

TEST_CASE("/box is a tmpfs without set-id programs and devices") {
  auto session = contract::open_box();
  CHECK(run(*session, {"show", "/proc/self/mounts"}).out.find("/box tmpfs rw,nosuid,nodev") !=
        std::string::npos);
}

TEST_CASE("every guarantee that is promised is in force", "[full]") {
  const auto ran = run({"exit", "0"});
  for (const sandbox::Guarantee& guarantee : ran.result.guarantees) {
    INFO(guarantee.name << ": " << guarantee.detail);
    const bool optional =
        guarantee.name == "landlock" || (guarantee.name == "user_namespace" &&
                                         contract::differences().user_namespace_may_be_missing);
    CHECK((guarantee.in_force || optional));
  }
}
