// SPDX-License-Identifier: Apache-2.0
//
// Group L, last part: boxes one after the other and beside one another.
#include "common/file.hpp"
#include "containment/cage.hpp"
#include "containment/naive.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <sandbox/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>
#include <vector>

namespace containment {
namespace {

using sandbox::Command;

/// A program that was put is run at once, in boxes beside one another. A descriptor for writing
/// that a sibling holds by accident would make the kernel refuse.
void put_and_run(Trial& trial) {
  std::atomic<int> failures{0};
  const auto work = [&] {
    const auto box = trial.another_box();
    for (int i = 0; i < 25; ++i) {
      const std::string name = "program-" + std::to_string(i);
      box->put_file(name, attack_program(), true);
      Command command;
      command.argv = {"./" + name, "exit-with", "0"};
      sandbox::NullSink nowhere;
      try {
        failures += box->run(command, nowhere).ok() ? 0 : 1;
      } catch (const sandbox::Error&) {
        ++failures;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back(work);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  trial.expect(failures == 0, std::to_string(failures) + " runs failed");
}

/// A child that was forked in between holds the descriptor.
bool text_is_busy(Cage&) {
  const Shared shared;
  const std::string path = shared.at("program");
  std::filesystem::copy_file(attack_path(), path);
  const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  const pid_t sibling = ::fork();
  if (sibling == 0) {
    ::sleep(10);
    ::_exit(0);
  }
  ::close(file);
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(path.c_str(), path.c_str(), nullptr);
    ::_exit(errno == ETXTBSY ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::kill(sibling, SIGKILL);
  ::waitpid(sibling, nullptr, 0);
  return status == 0;
}

/// Boxes come and go beside one another: none sees what was left in another.
void many_boxes(Trial& trial) {
  std::atomic<int> found{0};
  const auto work = [&](int number) {
    for (int i = 0; i < 6; ++i) {
      const auto box = trial.another_box();
      const std::string mark = "/tmp/mark-of-a-box";
      for (const std::string verb : {"find-mark", "leave-mark"}) {
        Command command;
        command.argv = {"./attack", verb, mark};
        sandbox::NullSink nowhere;
        found += box->run(command, nowhere).ok() ? 0 : 1;
      }
      const auto entries = box->list_files();
      found += entries.size() == 1 ? 0 : 1;
      box->put_file("left-by-" + std::to_string(number), "mine");
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back(work, i);
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  trial.expect(found == 0, std::to_string(found) + " boxes had something of another");
}

void smuggler(Trial& trial) {
  const auto beside = trial.another_box();
  sandbox::Session& box = trial.box();
  Observation sent;
  std::thread out([&] {
    sent = trial.run(box, {"smuggle-out"},
                     [](Command& command) { command.limits.wall_time = std::chrono::seconds{1}; });
  });
  std::this_thread::sleep_for(std::chrono::milliseconds{500});
  const Observation in = trial.run(*beside, {"smuggle-in"});
  out.join();
  trial.expect(sent.result.verdict == sandbox::Verdict::wall_time_limit,
               "the first box does not wait with a descriptor");
  trial.expect_contained(in);
}

} // namespace

void add_boxes(Table& table) {
  table.push_back(
      Check("AR-16.smuggle", "hand a descriptor to another box", smuggler, [](Cage& cage) {
        return cage.run({"smuggle-both"}).escaped();
      }).errors("connect", {"ECONNREFUSED"}));
  table.push_back(Check("AR-17.tools", "change the programs that the next box runs",
                        {"change-tools", "/usr/bin/env", "/bin/sh"}));
  table.push_back(Check("AR-17.init", "change the init that the next box has",
                        {"change-tools", "/.libsandbox/sandbox-init"})
                      .control({"change-tools", "/usr/bin/env"})
                      .only(Where::docker));
  table.push_back(Check("AR-18.busy", "run what was just put, in boxes beside one another",
                        put_and_run, text_is_busy));
  table.push_back(Check("AR-20.boxes", "find what another box left, many at a time", many_boxes,
                        [](Cage& cage) {
                          return cage.run({"leave-and-find-mark", "/tmp/mark"}).escaped();
                        }));
  table.push_back(Check("AR-21.step", "write outside when a step of making a box fails",
                        std::vector<std::string>{})
                      .not_runnable("tests/faults makes each step fail"));
}

} // namespace containment
