// SPDX-License-Identifier: Apache-2.0
#include "monitor/verdict.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace sandbox;
using namespace std::chrono_literals;
using monitor::Observation;

namespace {

constexpr int exited(int code) {
  return code << 8;
}

struct Row {
  const char* what;
  Observation seen;
  Verdict expected;
};

Observation ended(int status) {
  Observation seen;
  seen.wait_status = status;
  seen.oom_counted = true;
  return seen;
}

Observation stopped(wire::Stop cause) {
  Observation seen = ended(SIGKILL);
  seen.stop = cause;
  seen.killed_by_us = true;
  return seen;
}

template <class Change>
Observation with(Observation seen, Change change) {
  change(seen);
  return seen;
}

const Row rows[] = {
    {"exit 0", ended(exited(0)), Verdict::ok},
    {"exit 137 is no memory limit", ended(exited(137)), Verdict::nonzero_exit},
    {"SIGSEGV", ended(SIGSEGV), Verdict::signaled},
    {"SIGKILL by itself", ended(SIGKILL), Verdict::signaled},
    {"SIGXFSZ", ended(SIGXFSZ), Verdict::signaled},
    {"SIGSYS", ended(SIGSYS), Verdict::disallowed_syscall},
    {"stopped for CPU time", stopped(wire::Stop::cpu_time), Verdict::cpu_time_limit},
    {"stopped for wall time", stopped(wire::Stop::wall_time), Verdict::wall_time_limit},
    {"stopped for output", stopped(wire::Stop::output), Verdict::output_limit},
    {"cancelled", stopped(wire::Stop::cancelled), Verdict::cancelled},
    {"out of memory", with(ended(SIGKILL), [](Observation& o) { o.oom_kills = 1; }),
     Verdict::memory_limit},
    {"a child out of memory, exit 0",
     with(ended(exited(0)), [](Observation& o) { o.oom_kills = 1; }), Verdict::memory_limit},
    {"out of memory before the stop for wall time",
     with(stopped(wire::Stop::wall_time), [](Observation& o) { o.oom_kills = 2; }),
     Verdict::memory_limit},
    {"kills that nobody counts",
     with(ended(SIGKILL),
          [](Observation& o) {
            o.oom_kills = 1;
            o.oom_counted = false;
          }),
     Verdict::signaled},
    {"exit 0 with too much CPU time",
     with(ended(exited(0)), [](Observation& o) { o.cpu_time = 3s; }), Verdict::cpu_time_limit},
    {"exit 0 with exactly the CPU time",
     with(ended(exited(0)), [](Observation& o) { o.cpu_time = 2s; }), Verdict::ok},
    {"exit 0 a hair after the wall limit",
     with(ended(exited(0)), [](Observation& o) { o.wall_time = 6s; }), Verdict::ok},
    {"ended by itself just before the stop",
     with(ended(exited(0)), [](Observation& o) { o.stop = wire::Stop::wall_time; }), Verdict::ok},
    {"too much output, exit 0",
     with(ended(exited(0)), [](Observation& o) { o.standard_error_bytes = MiB + 1; }),
     Verdict::output_limit},
    {"output at the limit",
     with(ended(exited(0)), [](Observation& o) { o.standard_output_bytes = MiB; }), Verdict::ok},
};

} // namespace

TEST_CASE("the first cause gives the verdict") {
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(to_string(monitor::decide(row.seen, Limits{}).verdict) == to_string(row.expected));
  }
}

TEST_CASE("a limit's evidence names it, its value and its counter") {
  Observation seen = stopped(wire::Stop::cpu_time);
  seen.cpu_time = 2001ms;
  seen.cpu_counter = "cpu.stat usage_usec";
  const auto decision = monitor::decide(seen, Limits{});
  CHECK(decision.evidence.limit == "cpu_time");
  CHECK(decision.evidence.value == "2 s");
  CHECK(decision.evidence.observed == "2.001 s");
  CHECK(decision.evidence.counter == "cpu.stat usage_usec");
  CHECK(decision.evidence.killer == "init");
  CHECK(decision.signal == SIGKILL);
}

TEST_CASE("an unlimited CPU time is never exceeded") {
  Limits limits;
  limits.cpu_time = unlimited_time;
  CHECK(
      monitor::decide(with(ended(0), [](Observation& o) { o.cpu_time = 1000h; }), limits).verdict ==
      Verdict::ok);
}
