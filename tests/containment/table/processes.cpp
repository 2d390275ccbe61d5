// SPDX-License-Identifier: Apache-2.0
//
// Group C: processes, signals, daemons.
#include "common/backend.hpp"
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <pthread.h>

#include <csignal>
#include <thread>

namespace containment {
namespace {

using sandbox::Verdict;
using namespace std::chrono_literals;

const std::set<std::string> refused{"EPERM"};

Check::Change wall(std::chrono::milliseconds time) {
  return [time](sandbox::Command& command) { command.limits.wall_time = time; };
}

/// Init served on: the box runs another stage.
void box_lives(Trial& trial, const Observation& /*seen*/) {
  trial.expect(trial.run({"exit", "0"}).result.ok(), "the box runs no other stage");
}

Check endless(std::string id, std::string title, std::vector<std::string> attack) {
  return Check(std::move(id), std::move(title), attack)
      .verdict({Verdict::wall_time_limit})
      .with(wall(250ms))
      .then(box_lives)
      .control([attack](Cage& cage) { return cage.goes_on(attack); });
}

void add_signals(Table& table) {
  const std::vector<std::string> calls{
      "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"};
  for (const auto& [name, signal] :
       {std::pair{"stop", SIGSTOP}, {"kill", SIGKILL}, {"alarm", SIGALRM}, {"child", SIGCHLD}}) {
    table.push_back(Check(std::string("PS-01.") + name,
                          "signal " + std::to_string(signal) + " to init",
                          {"signal-victim", std::to_string(signal)})
                        .errors(calls, refused)
                        .then(box_lives));
  }
  table.push_back(Check("PS-01.all", "kill everybody", {"signal-all"})
                      .errors("kill(-1)", {"ESRCH"})
                      .then(box_lives));
  table.push_back(
      Check("PS-01.owner", "a signal to init by way of a pipe's owner", {"signal-by-owner"})
          .then(box_lives)
          .control([](Cage& cage) {
            return cage.run({"signal-by-owner", "self"}).status == 128 + SIGALRM;
          }));
  table.push_back(
      Check("PS-02.sibling", "give init a child whose end looks like ours", {"clone-parent"})
          .then(box_lives)
          .control({"clone-parent", "naive"}));
  table.push_back(Check("PS-02.hinder", "slow init down or cut its limits", {"hinder-victim"})
                      .errors({"setpriority", "sched_setscheduler", "sched_setaffinity",
                               "ioprio_set", "prlimit"},
                              refused));
}

std::string heart(Trial& trial) {
  return trial.box().get_file("heart", sandbox::MiB);
}

void daemon_is_dead(Trial& trial, const Observation& seen) {
  trial.expect(seen.result.leftover_processes == 1, "one process was left");
  const std::string then = heart(trial);
  std::this_thread::sleep_for(30ms);
  trial.expect(heart(trial) == then, "the daemon writes on");
}

void ends_in_time(Trial& trial, const Observation& seen) {
  trial.expect(seen.result.usage.wall_time < 2s, "the supervisor waited for the orphan");
  trial.expect(seen.find("main") != nullptr, "what the program wrote itself is kept");
}

void add_daemons(Table& table) {
  table.push_back(Check("PS-03.daemon", "work on after the end", {"leave-daemon"})
                      .then(daemon_is_dead)
                      .control({"leave-daemon", "naive"}));
  table.push_back(Check("PS-04.output", "hold standard output open after the end", {"leave-writer"})
                      .with(wall(10s))
                      .then(ends_in_time)
                      .control({"leave-writer", "naive"}));
  table.push_back(endless("PS-05.deaf", "ignore and block every signal", {"be-deaf"})
                      .control({"be-deaf", "naive"}));
}

void add_standing_still(Table& table) {
  table.push_back(endless("PS-06.self", "stop oneself", {"stop-self"}));
  table.push_back(endless("PS-06.child", "wait for a child that is stopped", {"stop-child"}));
  table.push_back(
      Check("PS-06.stop-group", "stop one's process group, and who shares it", {"stop-group"})
          .then(box_lives)
          .control({"stop-group", "naive"}));
}

void few_processes(sandbox::Command& command) {
  command.limits.processes = 16;
  command.limits.wall_time = 5s;
}

void add_chains(Table& table) {
  table.push_back(
      Check("PS-07.until-killed", "a new process each moment until the limit", {"chain"})
          .verdict({Verdict::wall_time_limit, Verdict::cpu_time_limit})
          .with(wall(300ms))
          .then(box_lives)
          .control({"chain", "naive"}));
  table.push_back(Check("PS-07.left", "a new process each moment after the end", {"chain", "leave"})
                      .with(wall(10s))
                      .then(box_lives)
                      .control({"chain", "naive"}));
  table.push_back(Check("PS-09.zombies", "fill the box with the dead", {"zombies", "200"})
                      .errors("zombies", {"EAGAIN"})
                      .with(few_processes)
                      .then(box_lives));
  table.push_back(
      Check("PS-09.orphans", "more orphans than a careless process 1 buries", {"orphans", "100"})
          .with(few_processes)
          .control({"zombies", "100"}));
  table.push_back(
      Check("PS-09.silent-orphans", "orphans whose end gives no signal", {"orphans", "100", "0"})
          .with(few_processes)
          .control({"zombies", "100"}));
}

void as_a_careless_caller(Trial& trial) {
  std::thread([&] {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    const auto child = ::signal(SIGCHLD, SIG_IGN);
    const auto broken = ::signal(SIGPIPE, SIG_IGN);
    const auto backend = common::make_backend(trial.native() ? "native" : "docker");
    sandbox::Environment environment;
    environment.image = common::image();
    const auto box = backend->open(environment);
    box->put_file("attack", attack_program(), true);
    trial.expect_contained(trial.run(*box, {"dispositions"}));
    const Observation seven = trial.run(*box, {"exit", "7"});
    trial.expect(seven.result.exit_code == 7, "the exit status is lost");
    ::signal(SIGCHLD, child);
    ::signal(SIGPIPE, broken);
  }).join();
}

} // namespace

void add_processes(Table& table) {
  add_signals(table);
  add_daemons(table);
  add_standing_still(table);
  add_chains(table);
  table.push_back(Check("PS-10.group", "into the supervisor's process group", {"join-group"})
                      .errors("join-init", refused)
                      .errors("move-init", {"EPERM", "ESRCH"})
                      .errors("foreground", {"ENOTTY"})
                      .control({"join-group", "naive"}));
  table.push_back(Check("PS-11.dispositions", "signals as a careless caller has set them",
                        as_a_careless_caller, [](Cage& cage) {
                          return cage.run({"dispositions", "naive"}).escaped();
                        }));
}

} // namespace containment
