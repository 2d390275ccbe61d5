// SPDX-License-Identifier: Apache-2.0
//
// Group E, memory: whatever the kernel holds for a box counts, and what does not count costs
// nothing.
#include "containment/cage.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <csignal>

namespace containment {
namespace {

using sandbox::Command;
using sandbox::MiB;
using sandbox::Verdict;

constexpr std::uint64_t limit = 32 * MiB;

void little(Command& command) {
  command.limits.memory_bytes = limit;
  command.limits.file_size_bytes = sandbox::unlimited;
  command.limits.open_files = 4096;
}

/// The counts are the kernel's, and no more was had than the limit.
void is_bounded(Trial& trial, const Observation& seen) {
  const sandbox::Result& result = seen.result;
  trial.expect(result.evidence.limit == "memory_bytes" && result.evidence.killer == "kernel",
               "evidence: " + describe(result));
  trial.expect(result.usage.memory_peak_bytes.value_or(0) <= limit + 2 * MiB,
               "peak: " + std::to_string(result.usage.memory_peak_bytes.value_or(0)));
}

Check runs_out(std::string id, std::string title, std::vector<std::string> attack) {
  return Check(std::move(id), std::move(title), std::move(attack))
      .with(little)
      .verdict({Verdict::memory_limit})
      .then(is_bounded)
      .full();
}

void add_own_memory(Table& table) {
  table.push_back(runs_out("RX-04.heap", "touch more memory than there is", {"touch-heap", "128"}));
  table.push_back(
      runs_out("RX-06.data", "a program whose data is larger than the box", {"huge-data", "128"}));
  table.push_back(runs_out("RX-07.children", "memory of children, each within the limit",
                           {"touch-by-children", "8", "16"}));
  table.push_back(runs_out("RX-08.shared", "shared anonymous memory", {"hold", "shared", "128"}));
  table.push_back(
      runs_out("RX-08.memfd", "a file in memory without a name", {"hold", "memfd", "128"}));
  table.push_back(
      runs_out("RX-08.system-v", "a shared segment of System V", {"hold", "system-v", "128"}));
  table.push_back(runs_out("RX-08.tmp", "a file in /tmp", {"fill-bytes", "/tmp", "48"}));
  table.push_back(runs_out("RX-08.shm", "a file in /dev/shm", {"fill-bytes", "/dev/shm", "48"}));
  table.push_back(runs_out("RX-08.box", "a file in /box", {"fill-bytes", "/box", "48"}));
}

void add_kernel_memory(Table& table) {
  table.push_back(runs_out("RX-08.page-tables", "page tables of memory that is not there",
                           {"page-tables", "128"}));
  table.push_back(Check("RX-08.pipes", "fill pipes that nobody reads", {"hold", "pipes", "128"})
                      .with(little)
                      .verdict({Verdict::memory_limit, Verdict::ok})
                      .full());
  table.push_back(
      runs_out("RX-21.sockets", "fill sockets that nobody reads", {"hold", "sockets", "128"}));
  table.push_back(
      Check("RX-21.messages", "fill message queues of System V", {"hold", "messages", "128"})
          .with(little)
          .verdict({Verdict::memory_limit, Verdict::ok})
          .full());
  sandbox::Environment loopback;
  loopback.network = sandbox::Network::loopback;
  table.push_back(Check("RX-21.datagrams", "fill sockets of the internet that nobody reads",
                        {"hold", "datagrams", "64"})
                      .in(loopback)
                      .with(little)
                      .verdict({Verdict::memory_limit, Verdict::ok})
                      .not_runnable("cgroup v1 does not count them and runc ignores their limit: "
                                    "docs/docker.md",
                                    Where::docker)
                      .full());
}

void add_address_space(Table& table) {
  table.push_back(
      Check("RX-05.reserve", "a verdict by memory that is only reserved", {"reserve", "1024"})
          .with(little)
          .errors("mmap", {"0"})
          .full()
          .control([](Cage& cage) {
            const Cage::Ran ran = cage.run({"reserve", "1024"});
            return !ran.steps.empty() && ran.steps.front().error == "0";
          }));
  table.push_back(Check("RX-11.stack", "recursion deeper than the stack", {"deep-stack", "64"})
                      .with([](Command& command) { command.limits.stack_bytes = 8 * MiB; })
                      .verdict({Verdict::signaled})
                      .then([](Trial& trial, const Observation& seen) {
                        trial.expect(seen.result.signal == SIGSEGV, describe(seen.result));
                      }));
  table.push_back(
      runs_out("RX-11.unlimited", "recursion with a stack that has no limit", {"deep-stack", "64"})
          .with([](Command& command) {
            little(command);
            command.limits.stack_bytes = sandbox::unlimited;
          }));
}

/// Files of an earlier stage: the next has its own limit beside them, or within it, and no more.
void after_files(Trial& trial) {
  trial.expect(trial.run({"leave-bytes", "/tmp/left", "24"}).find("left") != nullptr,
               "24 of 32 MiB can be left");
  const Observation next = trial.run({"touch-heap", "48"});
  trial.expect(next.result.verdict == Verdict::memory_limit, describe(next.result));
}

/// Segments that outlive their stage must not outlive the box, nor count for the next one.
void after_segments(Trial& trial) {
  for (int stage = 0; stage < 3; ++stage) {
    const Observation seen = trial.run({"leave-system-v", "20"});
    trial.expect(seen.result.ok() || seen.result.verdict == Verdict::memory_limit,
                 describe(seen.result));
  }
  trial.close_box();
  const Observation next = trial.run({"reserve", "1"});
  trial.expect(next.result.ok(), describe(next.result));
  trial.expect(next.result.usage.memory_peak_bytes.value_or(0) < 10 * MiB,
               "the next box begins with memory of the last one: " +
                   std::to_string(next.result.usage.memory_peak_bytes.value_or(0)));
}

bool both_are_had(Cage& cage) {
  return cage.run({"leave-bytes", "/tmp/left", "24"}).out.find("left") != std::string::npos &&
         cage.run({"touch-heap", "48"}).escaped();
}

} // namespace

void add_memory(Table& table) {
  add_own_memory(table);
  add_kernel_memory(table);
  add_address_space(table);
  table.push_back(
      Check("RX-09.files", "more memory by what an earlier stage left", after_files, both_are_had)
          .with(little)
          .full());
  table.push_back(Check("RX-09.segments", "memory that the next box pays for", after_segments,
                        [](Cage& cage) {
                          return cage.run({"hold", "system-v", "48"}).escaped();
                        })
                      .with(little)
                      .full());
}

} // namespace containment
