// SPDX-License-Identifier: Apache-2.0
//
// Group E, all but memory and files: processes, descriptors, processor time, objects of the kernel,
// and what the kernel counts for the whole host.
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace containment {
namespace {

using sandbox::Command;
using sandbox::MiB;
using sandbox::Verdict;
using std::chrono::milliseconds;

constexpr std::uint64_t most_processes = 16;

void few_processes(Command& command) {
  command.limits.processes = most_processes;
}

/// The others end by themselves.
void for_ever(Command& command) {
  few_processes(command);
  command.limits.cpu_time = milliseconds{300};
  command.limits.wall_time = milliseconds{1500};
}

void few_descriptors(Command& command) {
  command.limits.open_files = 64;
}

void touches_processes(Trial& trial, const Observation& seen) {
  const auto& touched = seen.result.touched;
  trial.expect(std::any_of(touched.begin(), touched.end(),
                           [](const sandbox::Touched& each) {
                             return each.limit == "processes" && each.times > 0;
                           }),
               "the result does not tell that the limit was reached");
  trial.expect(seen.result.usage.processes_peak.value_or(0) <= most_processes,
               "processes: " + std::to_string(seen.result.usage.processes_peak.value_or(0)));
}

void add_process_bombs(Table& table) {
  table.push_back(Check("RX-01.fork", "children until there are no more", {"fork", "500"})
                      .with(few_processes)
                      .errors("fork", {"EAGAIN"})
                      .then([](Trial& trial, const Observation& seen) {
                        touches_processes(trial, seen);
                        trial.expect(seen.result.leftover_processes > 0, "none were left");
                      })
                      .full());
  table.push_back(Check("RX-01.bomb", "every process doubles, for ever", {"fork-for-ever"})
                      .with(for_ever)
                      .verdict({Verdict::cpu_time_limit, Verdict::wall_time_limit})
                      .then(touches_processes)
                      .control({"fork", "1500"})
                      .full());
  table.push_back(Check("RX-02.threads", "threads until there are no more", {"threads", "500"})
                      .with(few_processes)
                      .errors("thread", {"EAGAIN"})
                      .then(touches_processes)
                      .full());
}

void add_descriptor_bombs(Table& table) {
  table.push_back(
      Check("RX-20.descriptors", "descriptors until there are no more", {"descriptors", "4096"})
          .with(few_descriptors)
          .errors("dup", {"EMFILE"}));
  table.push_back(Check("RX-20.in-flight", "open files that wait in sockets", {"in-flight", "4096"})
                      .with(few_descriptors)
                      .errors("send", {"ETOOMANYREFS"}));
}

constexpr const char* shared_user =
    "programs share uid 1000 of the engine's host: docs/docker.md, user ids";

void add_kernel_objects(Table& table) {
  table.push_back(Check("RX-23.queues", "POSIX message queues until there are no more", {"queues"})
                      .errors("mq_open", {"EMFILE"}));
  table.push_back(Check("RX-25.timers", "timers until there are no more", {"timers", "20000"})
                      .errors("timer_create", {"EAGAIN"}));
  table.push_back(
      Check("RX-25.signals", "signals that wait until there are no more", {"signals", "20000"})
          .errors("sigqueue", {"EAGAIN"}));
  table.push_back(Check("RX-24.keys", "leave a key for the next box", {"keys"})
                      .errors("add_key", {"ENOSYS", "EPERM"}));
  table.push_back(
      Check("RX-28.aio", "take asynchronous requests, a quota of the host", {"asynchronous-io"})
          .errors("io_setup", {"ENOSYS"}));
  table.push_back(
      Check("RX-27.socket-filter", "take code of filters, a store of the host", {"socket-filter"})
          .errors("attach", {"EPERM"}));
}

/// One box takes all that it can and holds it; another asks for one.
void neighbour_has_its_own(Trial& trial, const std::string& verb) {
  const auto beside = trial.another_box();
  sandbox::Session& greedy = trial.box();
  Observation held;
  std::thread holder([&] {
    held = trial.run(greedy, {verb, "hold", "1000000"},
                     [](Command& command) { command.limits.wall_time = std::chrono::seconds{2}; });
  });
  std::this_thread::sleep_for(milliseconds{1200});
  const Observation asked = trial.run(*beside, {"one-of-each"});
  holder.join();
  trial.expect(held.find("held") != nullptr, "the first box did not take what it could");
  trial.expect_contained(asked);
}

void add_neighbours(Table& table) {
  for (const std::string verb : {"queues", "signals"}) {
    table.push_back(
        Check((verb == "queues" ? "RX-23." : "RX-25.") + std::string("neighbour"),
              "take all " + verb + " there are from another box",
              [verb](Trial& trial) { neighbour_has_its_own(trial, verb); },
              [verb](Cage& cage) {
                return cage.run({"take-all-then-ask", verb}, {"--user", "65534"}).escaped();
              })
            .errors("mq_open", {"0"})
            .errors("timer_create", {"0"})
            .errors("sigqueue", {"0"})
            .not_runnable(shared_user, Where::docker)
            .full()
            .slow());
  }
}

void add_processor_time(Table& table) {
  table.push_back(Check("RX-29.burn", "processor time by more threads than there are processors",
                        {"burn", "16", "1"})
                      .with([](Command& command) {
                        command.limits.cpu_time = milliseconds{300};
                        command.limits.wall_time = std::chrono::seconds{10};
                      })
                      .verdict({Verdict::cpu_time_limit})
                      .then([](Trial& trial, const Observation& seen) {
                        trial.expect(seen.result.usage.cpu_time < milliseconds{600},
                                     describe(seen.result));
                      }));
  table.push_back(Check("RX-29.share", "more than a share of a core", {"half-core", "100", "8"})
                      .control({"half-core", "100", "60"})
                      .with([](Command& command) {
                        command.limits.cores = 0.25;
                        command.limits.wall_time = std::chrono::seconds{20};
                      })
                      .full());
  table.push_back(Check("RX-29.priority", "a higher priority than others", {"higher-priority"})
                      .errors("nice", {"EACCES", "EPERM"})
                      .errors("fifo", {"EPERM"})
                      .errors("io", {"EPERM"}));
  table.push_back(Check("RX-30.flush", "flush the disks of the host", {"flush-disks"})
                      .errors("syncfs", {"0"})
                      .errors("fsync", {"0"})
                      .errors("fdatasync", {"0"}));
  table.push_back(
      Check("RX-30.cache", "drop files of the host from its memory", {"drop-shared-cache"})
          .errors("fadvise", {"0"}));
  table.push_back(Check("RX-30.read", "read files of the host past its memory, for ever",
                        std::vector<std::string>{})
                      .not_runnable("reads of the read-only root are not bounded: SECURITY.md"));
  table.push_back(Check("RX-22.locks", "hold locks on files, memory that no group counts",
                        std::vector<std::string>{})
                      .not_runnable("the kernel charges them to nobody: SECURITY.md"));
}

} // namespace

void add_exhaustion(Table& table) {
  add_process_bombs(table);
  add_descriptor_bombs(table);
  add_kernel_objects(table);
  add_neighbours(table);
  add_processor_time(table);
}

} // namespace containment
