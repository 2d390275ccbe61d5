// SPDX-License-Identifier: Apache-2.0
#include "common/backend.hpp"
#include "common/file.hpp"
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

using contract::error_of;
using contract::Ran;
using sandbox::ErrorCode;
using sandbox::Verdict;
using namespace std::chrono_literals;

namespace {

/// A shell asks for its script as an interpreter asks for its source.
sandbox::Command shell() {
  sandbox::Command command;
  command.argv = {"sh", "main.sh"};
  command.limits.wall_time = 60s;
  return command;
}

/// The same, and no other process of the host has its arguments.
sandbox::Command marked_shell() {
  static int count = 0;
  sandbox::Command command = shell();
  command.argv.push_back(std::to_string(::getpid()) + "-" + std::to_string(++count));
  return command;
}

std::unique_ptr<sandbox::Session> open_box() {
  sandbox::Environment environment;
  environment.image = common::image();
  return contract::backend().open(environment);
}

Ran run(sandbox::Session& session, const sandbox::Command& command) {
  sandbox::CapturedOutput captured;
  Ran ran;
  ran.result = session.run(command, captured);
  ran.out = captured.standard_output().bytes();
  ran.err = captured.standard_error().bytes();
  return ran;
}

/// A box whose shell has started; none where the backend does not do that.
std::unique_ptr<sandbox::Session> started(const sandbox::Command& command = shell()) {
  auto box = open_box();
  try {
    box->start_ahead(command, "main.sh");
  } catch (const sandbox::Error& error) {
    if (error.code() != ErrorCode::unsupported) {
      throw;
    }
    WARN("not on this backend: " << error.what());
    return nullptr;
  }
  return box;
}

Ran run_script(sandbox::Session& session, const std::string& script,
               const sandbox::Command& command = shell()) {
  session.put_file("main.sh", script);
  return run(session, command);
}

/// The pid of the held shell as the host sees it.
std::optional<int> held_pid(const sandbox::Command& command) {
  std::string wanted;
  for (const std::string& argument : command.argv) {
    wanted += argument + '\0';
  }
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    std::error_code none;
    if (pid.find_first_not_of("0123456789") == std::string::npos &&
        std::filesystem::exists(entry.path() / "cmdline", none) &&
        common::read_file(entry.path() / "cmdline") == wanted) {
      return std::stoi(pid);
    }
  }
  return std::nullopt;
}

} // namespace

TEST_CASE("a backend that starts no program ahead says so, and the box runs any", "[ahead]") {
  auto box = open_box();
  try {
    box->start_ahead(shell(), "main.sh");
  } catch (const sandbox::Error& error) {
    CHECK(error.code() == ErrorCode::unsupported);
  }
  CHECK(run_script(*box, "echo fine").out == "fine\n");
}

TEST_CASE("a program that was started ahead goes on with the source, and is measured from there",
          "[ahead]") {
  auto box = started();
  if (box == nullptr) {
    return;
  }
  std::this_thread::sleep_for(300ms);
  sandbox::Command command = shell();
  command.input = sandbox::BytesInput{"read\n"};
  const auto begun = std::chrono::steady_clock::now();
  const Ran ran =
      run_script(*box, "read line; echo \"$line $0 $PWD\"; echo error >&2; exit 3", command);
  CHECK(ran.result.interpreter_ahead);
  CHECK(ran.out == "read main.sh /box\n");
  CHECK(ran.err == "error\n");
  CHECK(ran.result.exit_code == 3);
  CHECK(ran.result.usage.wall_time <= std::chrono::steady_clock::now() - begun);
  CHECK(ran.result.usage.voluntary_switches < 50);
}

TEST_CASE("without input a program that was started ahead reads end-of-file", "[ahead]") {
  if (auto box = started()) {
    const Ran ran = run_script(*box, "read line || echo end");
    CHECK(ran.result.interpreter_ahead);
    CHECK(ran.out == "end\n");
  }
}

TEST_CASE("another command, file or limit than was started ahead starts anew", "[ahead]") {
  for (const std::string change :
       {"args", "env", "limits", "file", "executable", "large", "none"}) {
    auto box = started();
    if (box == nullptr) {
      return;
    }
    INFO(change);
    sandbox::Command command = shell();
    std::string script = "echo $# $NAME $(ls | grep -c other)\n";
    std::string expected = "0 0\n";
    if (change == "args") {
      command.argv.emplace_back("one");
      expected = "1 0\n";
    } else if (change == "env") {
      command.env = {{"NAME", "value"}};
      expected = "0 value 0\n";
    } else if (change == "limits") {
      command.limits.open_files = 100;
    } else if (change == "file") {
      box->put_file("other", "");
      expected = "0 1\n";
    } else if (change == "large") {
      script += std::string(300'000, '\n');
    }
    box->put_file("main.sh", script, change == "executable");
    const Ran ran = run(*box, command);
    CHECK(ran.out == expected);
    CHECK(ran.result.interpreter_ahead == (change == "none"));
  }
}

TEST_CASE("limits hold for a program that was started ahead", "[ahead][full]") {
  const auto verdict = [](const std::string& script, sandbox::Command command) {
    auto box = started(command);
    if (box == nullptr) {
      return std::optional<Verdict>();
    }
    const Ran ran = run_script(*box, script, command);
    CHECK(ran.result.interpreter_ahead);
    return std::optional(ran.result.verdict);
  };
  sandbox::Command command = shell();
  command.limits.cpu_time = 200ms;
  CHECK(verdict("while :; do :; done", command).value_or(Verdict::cpu_time_limit) ==
        Verdict::cpu_time_limit);
  command = shell();
  command.limits.wall_time = 300ms;
  CHECK(verdict("sleep 60", command).value_or(Verdict::wall_time_limit) ==
        Verdict::wall_time_limit);
  command = shell();
  command.limits.cpu_time = 20s; // emulated processors fill it slowly
  command.limits.memory_bytes = 32 * sandbox::MiB;
  CHECK(verdict("x=aaaaaaaa; while :; do x=$x$x; done", command).value_or(Verdict::memory_limit) ==
        Verdict::memory_limit);
  command = shell();
  command.limits.output_bytes = 1000;
  CHECK(verdict("while :; do echo output; done", command).value_or(Verdict::output_limit) ==
        Verdict::output_limit);
}

TEST_CASE("a program that was started ahead is confined as any other", "[ahead]") {
  const std::string script = "while read -r line; do case $line in "
                             "Uid*|Gid*|Groups*|Cap*|NoNewPrivs*|Seccomp*|TracerPid*|Sig[BIC]*) "
                             "echo \"$line\";; esac; done </proc/self/status\n"
                             "ls /proc/$$/fd; sleep 100 &\n";
  auto plain = open_box();
  const Ran expected = run_script(*plain, script);
  REQUIRE(expected.out.find("TracerPid:\t0\n") != std::string::npos);
  if (auto box = started()) {
    const Ran ran = run_script(*box, script);
    CHECK(ran.result.interpreter_ahead);
    CHECK(ran.out == expected.out);
    CHECK(ran.result.leftover_processes == expected.result.leftover_processes);
    // In a slot that had more processes before, the kernel does not tell.
    const auto peak = expected.result.usage.processes_peak;
    CHECK(ran.result.usage.processes_peak.value_or(peak.value_or(0)) ==
          peak.value_or(ran.result.usage.processes_peak.value_or(0)));
  }
}

TEST_CASE("a program that was started ahead is used once", "[ahead]") {
  if (auto box = started()) {
    CHECK(run_script(*box, "echo first >left").result.interpreter_ahead);
    const Ran second = run_script(*box, "cat left");
    CHECK_FALSE(second.result.interpreter_ahead);
    CHECK(second.out == "first\n");
    CHECK(error_of([&] { box->start_ahead(shell(), "main.sh"); }) == ErrorCode::invalid_argument);
  }
}

TEST_CASE("a program that ends before it asks for its source is none to go on with", "[ahead]") {
  sandbox::Command command = shell();
  command.argv = {"sh", "-c", "cat main.sh; exit 5"};
  auto box = open_box();
  CHECK_THROWS_AS(box->start_ahead(command, "main.sh"), sandbox::Error);
  CHECK(box->alive());
  const Ran ran = run_script(*box, "text", command);
  CHECK_FALSE(ran.result.interpreter_ahead);
  CHECK(ran.out == "text");
  CHECK(ran.result.exit_code == 5);
}

TEST_CASE("a program that never asks for its source is given up", "[ahead][full]") {
  sandbox::Command command = shell();
  // At rest, or never.
  const std::string script = GENERATE("sleep 1000", "while :; do cd /; done");
  command.argv = {"sh", "-c", script};
  auto box = open_box();
  CHECK_THROWS_AS(box->start_ahead(command, "main.sh"), sandbox::Error);
  CHECK(run_script(*box, "echo fine").out == "fine\n");
}

TEST_CASE("nothing of a submission is in a box when its program is started ahead", "[ahead]") {
  if (auto box = started()) {
    CHECK(error_of([&] { box->start_ahead(shell(), "main.sh"); }) == ErrorCode::invalid_argument);
    CHECK(run_script(*box, "echo fine").result.interpreter_ahead);
    auto other = open_box();
    other->put_file("early", "");
    CHECK(error_of([&] { other->start_ahead(shell(), "main.sh"); }) == ErrorCode::invalid_argument);
    CHECK(run_script(*other, "echo *").out == "early main.sh\n");
  }
}

TEST_CASE("input that is not there does not cost the box whose program was started ahead",
          "[ahead]") {
  if (auto box = started()) {
    sandbox::Command command = shell();
    command.input = sandbox::FileInput{"/does/not/exist"};
    box->put_file("main.sh", "cat; echo fine");
    CHECK(error_of([&] { run(*box, command); }) == ErrorCode::not_found);
    command.input = sandbox::BytesInput{"read\n"};
    const Ran ran = run(*box, command);
    CHECK_FALSE(ran.result.interpreter_ahead);
    CHECK(ran.out == "read\nfine\n");
  }
}

TEST_CASE("files are not held to the limits of a program that was started ahead", "[ahead]") {
  sandbox::Command command = shell();
  command.limits.memory_bytes = 32 * sandbox::MiB;
  if (auto box = started(command)) {
    box->put_file("large", std::string(40 * sandbox::MiB, 'x'));
    const Ran ran = run_script(*box, "wc -c <large", command);
    CHECK(ran.result.ok());
    CHECK(ran.out == "41943040\n");
  }
}

TEST_CASE("what a program writes before its source is in the output once", "[ahead]") {
  const bool dies = GENERATE(false, true);
  sandbox::Command command = marked_shell();
  const std::string exec = "exec sh main.sh " + command.argv.back();
  sandbox::Command talking = command;
  talking.argv = {"sh", "-c", "echo before; echo error >&2; " + exec};
  if (auto box = started(talking)) {
    if (dies) {
      const auto pid = held_pid(command);
      REQUIRE(pid.has_value());
      REQUIRE(::kill(*pid, SIGKILL) == 0);
    }
    const Ran ran = run_script(*box, "echo after", talking);
    CHECK_FALSE(ran.result.interpreter_ahead);
    CHECK(ran.out == "before\nafter\n");
    CHECK(ran.err == "error\n");
  }
}

TEST_CASE("a program that dies while it is held is started anew", "[ahead][full]") {
  sandbox::Command command = marked_shell();
  auto box = started(command);
  if (box == nullptr) {
    return;
  }
  const auto pid = held_pid(command);
  REQUIRE(pid.has_value());
  REQUIRE(::kill(*pid, SIGKILL) == 0);
  command.input = sandbox::BytesInput{"kept\n"};
  const Ran ran = run_script(*box, "cat; echo $$; sleep 0.05 & wait", command);
  CHECK(ran.result.ok());
  CHECK_FALSE(ran.result.interpreter_ahead);
  CHECK(ran.result.leftover_processes == 0);
  auto plain = open_box();
  CHECK(ran.out == run_script(*plain, "cat; echo $$; sleep 0.05 & wait", command).out);
}

TEST_CASE("a box that is closed takes the program that is held with it", "[ahead][full]") {
  const sandbox::Command command = marked_shell();
  if (auto box = started(command)) {
    REQUIRE(held_pid(command).has_value());
    box.reset();
    // Closing does not wait for the end; another slot may be free for the next box.
    for (int i = 0; i < 1000 && held_pid(command).has_value(); ++i) {
      std::this_thread::sleep_for(10ms);
    }
    CHECK_FALSE(held_pid(command).has_value());
  }
}
