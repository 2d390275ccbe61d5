// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <signal.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

using contract::error_of;
using contract::open_box;
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

/// The pid of our held shell as the host sees it.
std::optional<int> held_pid() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    std::error_code none;
    if (pid.find_first_not_of("0123456789") == std::string::npos &&
        std::filesystem::exists(entry.path() / "cmdline", none) &&
        common::read_file(entry.path() / "cmdline") == std::string("sh\0main.sh\0", 11)) {
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
  const Ran ran =
      run_script(*box, "read line; echo \"$line $0 $PWD\"; echo error >&2; exit 3", command);
  CHECK(ran.result.interpreter_ahead);
  CHECK(ran.out == "read main.sh /box\n");
  CHECK(ran.err == "error\n");
  CHECK(ran.result.exit_code == 3);
  CHECK(ran.result.usage.wall_time < 250ms);
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
    CHECK(ran.result.usage.processes_peak == expected.result.usage.processes_peak);
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

TEST_CASE("a program that never asks for its source is given up", "[ahead][.stress]") {
  sandbox::Command command = shell();
  command.argv = {"sleep", "1000"};
  auto box = open_box();
  CHECK_THROWS_AS(box->start_ahead(command, "main.sh"), sandbox::Error);
  CHECK(run_script(*box, "echo fine").out == "fine\n");
}

TEST_CASE("a program that dies while it is held is started anew", "[ahead][full]") {
  auto box = started();
  if (box == nullptr) {
    return;
  }
  const auto pid = held_pid();
  REQUIRE(pid.has_value());
  REQUIRE(::kill(*pid, SIGKILL) == 0);
  sandbox::Command command = shell();
  command.input = sandbox::BytesInput{"kept\n"};
  const Ran ran = run_script(*box, "cat; sleep 0.05 & wait", command);
  CHECK(ran.result.ok());
  CHECK_FALSE(ran.result.interpreter_ahead);
  CHECK(ran.result.leftover_processes == 0);
  CHECK(ran.out == "kept\n");
}

TEST_CASE("a box that is closed takes the program that is held with it", "[ahead][full]") {
  if (auto box = started()) {
    REQUIRE(held_pid().has_value());
    box.reset();
    open_box(); // the slot is free again when the box is gone
    CHECK_FALSE(held_pid().has_value());
  }
}
