// SPDX-License-Identifier: Apache-2.0
//
// Group F: limits of time, and what is counted.
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <csignal>

namespace containment {
namespace {

using sandbox::Verdict;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

const std::set<std::string> refused{"EPERM"};
/// A look too late, on a machine that does other things too. Of n threads n times as much: less
/// than what those would use of whom one thread alone is counted.
constexpr milliseconds late{400};

Check::Change limits(milliseconds cpu, milliseconds wall, double cores = 1) {
  return [=](sandbox::Command& command) {
    command.limits.cpu_time = cpu;
    command.limits.wall_time = wall;
    command.limits.cores = cores;
  };
}

/// Ends at this limit of CPU time, and not long after it.
Check burns(std::string id, std::string title, const std::vector<std::string>& attack,
            milliseconds cpu = 200ms, double cores = 1) {
  return Check(std::move(id), std::move(title), attack)
      .verdict({Verdict::cpu_time_limit})
      .with(limits(cpu, 10s, cores))
      .then([=](Trial& trial, const Observation& seen) {
        const auto used = seen.result.usage.cpu_time;
        const auto slack = late * (cores < 1 ? 1 : static_cast<int>(cores));
        trial.expect(used >= cpu && used < cpu + slack,
                     "CPU time " + std::to_string(used.count() / 1'000'000) + " ms");
      })
      .control([attack](Cage& cage) { return cage.goes_on(attack); });
}

Check idles(const std::string& how) {
  const std::vector<std::string> attack{"idle", how};
  return Check("TM-04." + how, "wait for ever: " + how, attack)
      .verdict({Verdict::wall_time_limit})
      .with(limits(1s, 200ms))
      .then([](Trial& trial, const Observation& seen) {
        trial.expect(seen.result.usage.cpu_time < 100ms, "CPU time of one who sleeps");
        trial.expect(seen.result.usage.wall_time >= 200ms, "ended before its limit");
      })
      .control([attack](Cage& cage) { return cage.goes_on(attack); });
}

void add_burning(Table& table) {
  table.push_back(burns("TM-01.busy", "compute for ever", {"busy"}));
  table.push_back(burns("TM-02.threads", "compute in four threads", {"busy", "4"}, 1s, 4));
  table.push_back(burns("TM-02.leader", "compute in a thread that outlives the first",
                        {"busy-without-leader"}));
  table.push_back(
      burns("TM-02.undumpable", "compute as one whom nobody may look at", {"busy-undumpable"}));
  table.push_back(
      burns("TM-03.waits", "compute in children that one waits for", {"busy-children", "waits"})
          .full());
  table.push_back(
      burns("TM-03.rests", "compute in children that nobody waits for", {"busy-children", "rests"})
          .full());
  table.push_back(burns("TM-03.ignores", "compute in children whose ends are ignored",
                        {"busy-children", "ignores"})
                      .full());
  table.push_back(burns("TM-07.exec", "execute oneself again and again", {"busy-exec"}));
  table.push_back(
      burns("TM-07.chain", "hand over to the next process before any limit", {"busy-chain"}));
}

/// An honest end, and yet more was burnt than is allowed.
void add_orphans(Table& table) {
  for (const auto& [name, signal] : {std::pair{"orphan", SIGCHLD}, {"silent-orphan", 0}}) {
    const std::vector<std::string> attack{"busy-orphan", "200", std::to_string(signal)};
    const auto missed = [attack](Cage& cage) {
      const Cage::Ran ran = cage.run(attack);
      return ran.status == contained_status && !ran.steps.empty() && ran.steps[0].name == "rusage";
    };
    table.push_back(
        Check(std::string("TM-03.") + name, "compute in an orphan that ends before we do", attack)
            .with(limits(2s, 10s))
            .then([](Trial& trial, const Observation& seen) {
              trial.expect(seen.result.usage.cpu_time >= 195ms, "the orphan's time is not counted");
            })
            .control(missed));
  }
  table.push_back(
      Check("TM-05.over", "a little over the limit, and gone at once", {"burn-and-go", "206"})
          .verdict({Verdict::cpu_time_limit})
          .with(limits(200ms, 10s))
          .control([](Cage& cage) {
            return cage.run({"burn-and-go", "206"}).status == contained_status;
          }));
}

void add_waiting(Table& table) {
  for (const char* how : {"nanosleep", "pause", "select", "poll", "futex", "pipe", "fifo", "signal",
                          "lock", "vfork"}) {
    table.push_back(idles(how));
  }
  table.push_back(Check("TM-04.loop", "sleep a moment for ever", {"idle-loop"})
                      .verdict({Verdict::wall_time_limit})
                      .with(limits(1s, 200ms))
                      .control([](Cage& cage) { return cage.goes_on({"idle-loop"}); }));
  table.push_back(
      Check("TM-08.answer", "the right answer, and then for ever nothing", {"answer-and-stay"})
          .verdict({Verdict::wall_time_limit})
          .with(limits(1s, 1s))
          .then([](Trial& trial, const Observation& seen) {
            const Step* answer = seen.find("answer");
            trial.expect(answer != nullptr && answer->text == "42", "the answer is not kept");
          })
          .control([](Cage& cage) { return cage.goes_on({"answer-and-stay"}); }));
}

void add_clocks(Table& table) {
  table.push_back(
      Check("TM-06.set", "set the clocks", {"set-clocks"})
          .errors({"clock_settime", "settimeofday", "adjtimex", "clock_adjtime"}, refused));
  table.push_back(Check("TM-06.own", "clocks of one's own", {"own-clocks"})
                      .errors("unshare", refused)
                      .errors("offsets", {"EROFS", "EACCES", "ENOENT", "EPERM"}));
}

void small_memory(sandbox::Command& command) {
  command.limits.memory_bytes = 32 * sandbox::MiB;
  command.limits.wall_time = 10s;
}

/// Four ends that a judge who only sees a status takes for one another: 137 each.
Check ends(const std::string& name, const std::string& title, std::vector<std::string> attack) {
  return Check("TM-12." + name, title, std::move(attack))
      .with(small_memory)
      .control([](Cage& cage) {
        return cage.run({"exit", "137"}).status == cage.run({"kill-self"}).status;
      });
}

void add_ends(Table& table) {
  table.push_back(ends("exit-137", "exit status 137 of one's own", {"exit", "137"})
                      .verdict({Verdict::nonzero_exit})
                      .then([](Trial& trial, const Observation& seen) {
                        trial.expect(seen.result.exit_code == 137, "exit status 137");
                      }));
  table.push_back(
      ends("kill-self", "SIGKILL by oneself", {"kill-self"}).verdict({Verdict::signaled}));
  table.push_back(ends("killed-by-child", "SIGKILL by a child", {"killed-by-child"})
                      .verdict({Verdict::signaled}));
  table.push_back(ends("memory", "out of memory", {"eat-memory", "64"})
                      .verdict({Verdict::memory_limit})
                      .full());
  table.push_back(ends("memory-spared", "out of memory, asking the kernel to take another",
                       {"eat-memory-spared", "64"})
                      .verdict({Verdict::memory_limit})
                      .full());
  table.push_back(
      ends("memory-of-child", "a child out of memory, exit status 0", {"eat-memory-in-child", "64"})
          .verdict({Verdict::memory_limit})
          .full());
  table.push_back(ends("by-us", "SIGKILL by the supervisor", {"idle", "pause"})
                      .verdict({Verdict::wall_time_limit})
                      .with([](sandbox::Command& command) {
                        small_memory(command);
                        command.limits.wall_time = 200ms;
                      }));
}

} // namespace

void add_time(Table& table) {
  add_burning(table);
  add_orphans(table);
  add_waiting(table);
  add_clocks(table);
  add_ends(table);
}

} // namespace containment
