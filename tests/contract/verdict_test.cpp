// SPDX-License-Identifier: Apache-2.0
#include "contract/box.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <csignal>
#include <thread>

using namespace std::chrono_literals;
using contract::run;
using sandbox::Command;
using sandbox::Verdict;

TEST_CASE("a program that exits with 0 is ok") {
  const auto ran = run({"exit", "0"});
  CHECK(ran.result.verdict == Verdict::ok);
  CHECK(ran.result.exit_code == 0);
  CHECK_FALSE(ran.result.signal.has_value());
}

TEST_CASE("an exit status is kept, 137 and 255 like any other") {
  const int status = GENERATE(1, 3, 124, 137, 255);
  const auto ran = run({"exit", std::to_string(status)});
  CHECK(ran.result.verdict == Verdict::nonzero_exit);
  CHECK(ran.result.exit_code == status);
}

TEST_CASE("death by a signal of its own is signaled") {
  const int signal = GENERATE(SIGSEGV, SIGABRT, SIGKILL, SIGTERM);
  const auto ran = run({"raise", std::to_string(signal)});
  CHECK(ran.result.verdict == Verdict::signaled);
  CHECK(ran.result.signal == signal);
}

TEST_CASE("endless recursion dies of SIGSEGV at the stack limit") {
  const auto ran =
      run({"recurse"}, [](Command& command) { command.limits.stack_bytes = sandbox::MiB; });
  CHECK(ran.result.verdict == Verdict::signaled);
  CHECK(ran.result.signal == SIGSEGV);
}

TEST_CASE("CPU time of one process is limited") {
  const auto ran = run({"burn", "100"}, [](Command& command) { command.limits.cpu_time = 200ms; });
  CHECK(ran.result.verdict == Verdict::cpu_time_limit);
  CHECK(ran.result.evidence.limit == "cpu_time");
  CHECK(ran.result.evidence.killer == "init");
  CHECK(ran.result.usage.cpu_time >= 200ms);
  CHECK(ran.result.usage.cpu_time < 600ms);
}

TEST_CASE("CPU time of children that nobody waits for is limited and counted") {
  const std::string wait = GENERATE("wait", "leave");
  const auto ran = run({"burn-children", "4", "100", wait}, [](Command& command) {
    command.limits.cpu_time = 300ms;
    command.limits.cores = 2;
  });
  CHECK(ran.result.verdict == Verdict::cpu_time_limit);
  CHECK(ran.result.usage.cpu_time >= 300ms);
}

TEST_CASE("CPU time of orphans that ended by themselves is in the total", "[clock]") {
  const auto ran = run({"burn-children", "3", "0.1", "leave"},
                       [](Command& command) { command.limits.cores = 2; });
  CHECK(ran.result.verdict == Verdict::ok);
  CHECK(ran.result.usage.cpu_time >= 285ms);
  CHECK(ran.result.usage.cpu_time < 450ms);
}

TEST_CASE("wall time is limited, for a sleeper and for one that stopped itself", "[clock]") {
  const std::string how = GENERATE("sleep", "stop");
  const auto ran = run({how, "100"}, [](Command& command) { command.limits.wall_time = 300ms; });
  CHECK(ran.result.verdict == Verdict::wall_time_limit);
  CHECK(ran.result.usage.wall_time >= 300ms);
  CHECK(ran.result.usage.wall_time < 4s);
  CHECK(ran.result.usage.cpu_time < 200ms);
}

TEST_CASE("many processes with little CPU end at their wall limit", "[full][clock]") {
  const auto ran = run({"burn-children", "32", "100", "wait"}, [](Command& command) {
    command.limits.cores = 0.05;
    command.limits.wall_time = 500ms;
  });
  CHECK(ran.result.verdict == Verdict::wall_time_limit);
  CHECK(ran.result.usage.wall_time < 4s);
}

TEST_CASE("memory is limited for one process, with the kernel's count as evidence", "[full]") {
  const auto ran = run({"eat", "512"}, [](Command& command) {
    command.limits.memory_bytes = 64 * sandbox::MiB;
    command.limits.cpu_time = 20s;
    command.limits.wall_time = 60s;
  });
  CHECK(ran.result.verdict == Verdict::memory_limit);
  CHECK(ran.result.evidence.limit == "memory_bytes");
  CHECK(ran.result.evidence.killer == "kernel");
}

TEST_CASE("memory is limited for the children together", "[full]") {
  const auto ran = run({"eat-children", "8", "12"}, [](Command& command) {
    command.limits.memory_bytes = 64 * sandbox::MiB;
    command.limits.cpu_time = 20s;
    command.limits.wall_time = 60s;
  });
  CHECK(ran.result.verdict == Verdict::memory_limit);
}

TEST_CASE("an out-of-memory kill of a child is a memory limit though the parent goes on",
          "[full]") {
  const auto ran = run({"child-oom"}, [](Command& command) {
    command.limits.memory_bytes = 64 * sandbox::MiB;
    command.limits.cpu_time = 20s;
    command.limits.wall_time = 60s;
  });
  CHECK(ran.result.verdict == Verdict::memory_limit);
}

TEST_CASE("an out-of-memory kill ends a program whose main process neither waits for it nor ends",
          "[full]") {
  const auto ran = run({}, [](Command& command) {
    command.argv = {"/bin/sh", "-c", "(sleep 0.1; tail /dev/zero) & exec sleep 600"};
    command.limits.memory_bytes = 64 * sandbox::MiB;
    command.limits.cpu_time = sandbox::unlimited_time;
    command.limits.wall_time = 20s;
  });
  CHECK(ran.result.verdict == Verdict::memory_limit);
  CHECK(ran.result.usage.wall_time < 20s);
}

TEST_CASE("memory that is in files takes the program, not its box", "[full]") {
  // Too little for scores to count; full before they are parted; as usual.
  const std::uint64_t limit = GENERATE(2, 8, 16) * sandbox::MiB;
  INFO(limit);
  if (limit < contract::differences().least_memory_bytes) {
    return;
  }
  // The kernel may choose another process each time.
  for (int i = 0; i < 8; ++i) {
    const auto session = contract::open_box();
    const auto ran = run(*session, {"leave-file", "/tmp/file", "32768"}, [&](Command& command) {
      command.limits.memory_bytes = limit;
      command.limits.file_size_bytes = sandbox::unlimited;
      command.limits.cpu_time = 20s;
      command.limits.wall_time = 60s;
    });
    REQUIRE(ran.result.verdict == Verdict::memory_limit);
    CHECK(ran.result.usage.cpu_time > 0s);
    REQUIRE(session->alive());
    session->reset();
    session->put_file("probe", contract::probe(), true);
    CHECK(run(*session, {"exit", "0"}).result.ok());
  }
}

TEST_CASE("memory within the limit is reported as the box's peak", "[full]") {
  const auto ran = run({"eat", "40"}, [](Command& command) {
    command.limits.memory_bytes = 64 * sandbox::MiB;
    command.limits.cpu_time = 20s;
    command.limits.wall_time = 60s;
  });
  CHECK(ran.result.verdict == Verdict::ok);
  REQUIRE(ran.result.usage.memory_peak_bytes.has_value());
  // What an earlier box left for the kernel to give back may go meanwhile, on a busy host.
  CHECK(*ran.result.usage.memory_peak_bytes >= 39 * sandbox::MiB);
  CHECK(*ran.result.usage.memory_peak_bytes < 43 * sandbox::MiB);
}

TEST_CASE("output is cut at exactly the limit, on each stream") {
  const std::string stream = GENERATE("1", "2");
  const auto ran = run({"write", stream, "5000000"},
                       [](Command& command) { command.limits.output_bytes = 100'001; });
  CHECK(ran.result.verdict == Verdict::output_limit);
  CHECK((stream == "1" ? ran.out : ran.err).size() == 100'001);
  const auto& usage =
      stream == "1" ? ran.result.usage.standard_output : ran.result.usage.standard_error;
  CHECK(usage.kept_bytes == 100'001);
  CHECK(usage.total_bytes > usage.kept_bytes);
  CHECK(usage.truncated);
}

TEST_CASE("output of exactly the limit is ok") {
  const auto ran = run({"write", "1", "100000"},
                       [](Command& command) { command.limits.output_bytes = 100'000; });
  CHECK(ran.result.verdict == Verdict::ok);
  CHECK(ran.out.size() == 100'000);
}

#ifdef __x86_64__
TEST_CASE("a call of the 32-bit interface is a disallowed system call") {
  const auto ran = run({"int80"});
  CHECK(ran.result.verdict == Verdict::disallowed_syscall);
}
#endif

TEST_CASE("a program cannot pretend that the filter killed it") {
  CHECK(run({"raise", std::to_string(SIGSYS)}).result.verdict == Verdict::ok);
}

TEST_CASE("a stop request ends the program") {
  auto session = contract::open_box();
  std::stop_source stop;
  std::jthread later([&stop] {
    std::this_thread::sleep_for(100ms);
    stop.request_stop();
  });
  Command command;
  command.argv = {"./probe", "sleep", "100"};
  sandbox::NullSink sink;
  const sandbox::Result result = session->run(command, sink, stop.get_token());
  CHECK(result.verdict == Verdict::cancelled);
  CHECK(result.usage.wall_time < 4s);
}

TEST_CASE("a stop request that is there before the program ends it all the same") {
  auto session = contract::open_box();
  std::stop_source stop;
  stop.request_stop();
  Command command;
  command.argv = {"./probe", "sleep", "100"};
  sandbox::NullSink sink;
  CHECK(session->run(command, sink, stop.get_token()).verdict == Verdict::cancelled);
}

TEST_CASE("what a sink throws ends the program and leaves run") {
  auto session = contract::open_box();
  sandbox::CallbackSink sink(
      [](sandbox::Stream, std::string_view) { throw std::logic_error("enough"); });
  Command command;
  command.argv = {"./probe", "say-and-sleep"};
  CHECK_THROWS_AS(session->run(command, sink), std::logic_error);
  CHECK(run(*session, {"exit", "0"}).result.ok());
}

TEST_CASE("a fork bomb is bounded and touches the process limit", "[full]") {
  const auto ran = run({"fork-bomb"}, [](Command& command) {
    command.limits.processes = 20;
    command.limits.wall_time = 3s;
  });
  CHECK((ran.result.verdict == Verdict::wall_time_limit ||
         ran.result.verdict == Verdict::cpu_time_limit));
  CHECK(contract::touched(ran.result, "processes") > 0);
}

TEST_CASE("a daemon does not survive its stage and does not hold it up", "[clock]") {
  const auto ran = run({"daemon"});
  CHECK(ran.result.verdict == Verdict::ok);
  CHECK(ran.result.usage.wall_time < 4s);
  CHECK(ran.result.leftover_processes == 1);
}
