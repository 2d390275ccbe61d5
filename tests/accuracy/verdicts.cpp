// SPDX-License-Identifier: Apache-2.0
#include "accuracy/figures.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <mutex>
#include <thread>

namespace accuracy {
namespace {

using namespace std::chrono_literals;
using sandbox::Environment;
using sandbox::KiB;
using sandbox::Limits;
using sandbox::MiB;
using sandbox::Result;
using sandbox::Verdict;

constexpr double below = 0.95;
constexpr double above = 1.05;
constexpr int at_a_time = 4;

using IsRight = std::function<bool(const Result&)>;

struct Edge {
  const char* name;
  const char* what; // of the program
  std::uint64_t limit;
  void (*set)(std::uint64_t limit, Limits& limits, Environment& environment);
  IsRight over;            // what comes above the limit
  std::uint64_t beside{0}; // counted by the limit, but not the program's doing
  int tries{1};            // of a run below the limit: time passes while the machine stands still
};

IsRight ends_as(Verdict verdict) {
  return [verdict](const Result& result) { return result.verdict == verdict; };
}

/// The program was refused and ended by itself.
IsRight fails_with(int error) {
  return [error](const Result& result) {
    return result.verdict == Verdict::nonzero_exit && result.exit_code == error;
  };
}

bool dies_of_file_size(const Result& result) {
  return result.verdict == Verdict::signaled && result.signal == SIGXFSZ;
}

bool is_refused_processes(const Result& result) {
  return fails_with(EAGAIN)(result) && !result.touched.empty() &&
         result.touched.front().limit == "processes";
}

/// In whole pages.
std::uint64_t size_on_disk(std::uint64_t bytes) {
  constexpr std::uint64_t page = 4 * KiB;
  return (bytes + page - 1) / page * page;
}

std::vector<Edge> make_edges(const Bench& bench) {
  return {
      {"CPU time, 200 ms", "cpu", 200'000'000,
       [](std::uint64_t limit, Limits& limits, Environment&) {
         limits.cpu_time = std::chrono::nanoseconds(limit);
       },
       ends_as(Verdict::cpu_time_limit), 0, 3},
      // A sleeper hardly adds to the load. What is left below the limit, 200 ms, is for its start
      // and its end on a busy machine.
      {"wall time, 4 s", "wall", 4'000'000'000,
       [](std::uint64_t limit, Limits& limits, Environment&) {
         limits.wall_time = std::chrono::nanoseconds(limit);
       },
       ends_as(Verdict::wall_time_limit), 0, 3},
      {"memory, 64 MiB", "memory", 64 * MiB,
       [](std::uint64_t limit, Limits& limits, Environment&) { limits.memory_bytes = limit; },
       ends_as(Verdict::memory_limit)},
      {"output, 100 kB", "output", 100'000,
       [](std::uint64_t limit, Limits& limits, Environment&) { limits.output_bytes = limit; },
       ends_as(Verdict::output_limit)},
      {"file size, 1 MiB", "file", MiB,
       [](std::uint64_t limit, Limits& limits, Environment&) { limits.file_size_bytes = limit; },
       dies_of_file_size},
      {"disk, 16 MiB", "file", 16 * MiB,
       [](std::uint64_t limit, Limits&, Environment& environment) {
         environment.disk_bytes = limit;
       },
       fails_with(ENOSPC), size_on_disk(bench.program("amount").size())},
      // The folder itself and the program.
      {"inodes, 100", "inodes", 100,
       [](std::uint64_t limit, Limits&, Environment& environment) {
         environment.disk_inodes = limit;
       },
       fails_with(ENOSPC), 2},
      {"processes, 40", "processes", 40,
       [](std::uint64_t limit, Limits& limits, Environment&) { limits.processes = limit; },
       is_refused_processes},
      {"open files, 100", "descriptors", 100,
       [](std::uint64_t limit, Limits& limits, Environment&) { limits.open_files = limit; },
       fails_with(EMFILE)},
  };
}

/// Runs of one program; counts those that ended otherwise than is right.
class Series {
 public:
  Series(const Bench& bench, const Edge& edge, double share)
      : bench_(bench), edge_(edge),
        amount_(static_cast<std::uint64_t>(share * static_cast<double>(edge.limit)) - edge.beside),
        right_(share < 1 ? ends_as(Verdict::ok) : edge.over), tries_(share < 1 ? edge.tries : 1) {
    edge.set(edge.limit, limits_, environment_);
  }

  int wrong_of(int runs) {
    std::atomic<int> left{runs};
    std::vector<std::jthread> threads;
    for (int i = 0; i < at_a_time; ++i) {
      threads.emplace_back([&] {
        while (left-- > 0) {
          run();
        }
      });
    }
    threads.clear();
    return wrong_;
  }

 private:
  void run() {
    try {
      std::string wrong;
      for (int i = 0; i < tries_ && (i == 0 || !wrong.empty()); ++i) {
        wrong = run_once();
        if (!wrong.empty() && i + 1 < tries_) {
          fmt::print("{}, {} used: {}; tried again\n", edge_.name, amount_, wrong);
        }
      }
      if (!wrong.empty()) {
        complain(wrong);
      }
    } catch (const sandbox::Error& error) {
      complain(fmt::format("{}: {}", error.step(), error.what()));
    }
  }

  /// What was not right; empty when all was.
  std::string run_once() const {
    const auto session = bench_.open("amount", limits_, environment_);
    const auto ran = bench_.run(*session, {edge_.what, std::to_string(amount_)}, limits_);
    return right_(ran.result) ? ""
                              : fmt::format("{} (exit code {})", describe(ran.result),
                                            ran.result.exit_code.value_or(-1));
  }

  void complain(const std::string& text) {
    const std::lock_guard lock(mutex_);
    ++wrong_;
    fmt::print("{}, {} used: {}\n", edge_.name, amount_, text);
  }

  const Bench& bench_;
  const Edge& edge_;
  Limits limits_{ample()};
  Environment environment_;
  std::uint64_t amount_;
  IsRight right_;
  int tries_;
  std::mutex mutex_;
  int wrong_{0};
};

} // namespace

int check_verdicts(const Bench& bench, int runs) {
  int wrong = 0;
  fmt::print("\n{:<34} {:>12} {:>12}\n", "limit", "at 0.95", "at 1.05");
  for (const Edge& edge : make_edges(bench)) {
    const int under = Series(bench, edge, below).wrong_of(runs);
    const int over = Series(bench, edge, above).wrong_of(runs);
    fmt::print("{:<34} {:>4} of {:>4} {:>4} of {:>4} right\n", edge.name, runs - under, runs,
               runs - over, runs);
    std::fflush(stdout);
    wrong += under + over;
  }
  return wrong;
}

} // namespace accuracy
