// SPDX-License-Identifier: Apache-2.0
//
// Group E, streams: floods and silence, and what they cost the supervisor.
#include "common/file.hpp"
#include "containment/cage.hpp"
#include "containment/naive.hpp"
#include "containment/table.hpp"
#include "containment/trial.hpp"

#include <sandbox/report.hpp>

#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

namespace containment {
namespace {

using sandbox::Command;
using sandbox::KiB;
using sandbox::MiB;
using sandbox::Verdict;
using std::chrono::milliseconds;

constexpr std::uint64_t most_output = 256 * KiB;

void little_output(Command& command) {
  command.limits.output_bytes = most_output;
}

void short_time(Command& command) {
  command.limits.wall_time = milliseconds{500};
}

/// kB of a line of /proc/self/status.
std::uint64_t own_memory(const std::string& line) {
  const std::string status = common::read_file("/proc/self/status");
  const std::size_t at = status.find(line + ":");
  return at == std::string::npos ? 0 : std::stoull(status.substr(at + line.size() + 1)) * KiB;
}

/// The most that the supervisor had while something ran.
template <class Run>
void costs_little_memory(Trial& trial, Run run) {
  std::ofstream("/proc/self/clear_refs") << "5"; // begins the peak anew
  const std::uint64_t before = own_memory("VmRSS");
  run();
  const std::uint64_t peak = own_memory("VmHWM");
  trial.expect(peak < before + 8 * MiB,
               "the supervisor took " + std::to_string((peak - before) / MiB) + " MiB more");
}

std::function<void(Trial&, const Observation&)> is_cut(sandbox::Stream stream) {
  return [stream](Trial& trial, const Observation& seen) {
    const bool out = stream == sandbox::Stream::standard_output;
    const auto& usage = out ? seen.result.usage.standard_output : seen.result.usage.standard_error;
    trial.expect(usage.kept_bytes == most_output && usage.truncated,
                 "kept " + std::to_string(usage.kept_bytes));
    trial.expect((out ? seen.out : seen.err) == std::string(most_output, 'x'),
                 "what was kept is not what was written");
  };
}

void flood_without_limit(Trial& trial) {
  Command command;
  command.argv = {"./attack", "flood", "3", "1000000", trial.mark()};
  command.limits.output_bytes = sandbox::unlimited;
  command.limits.wall_time = milliseconds{700};
  sandbox::Session& box = trial.box();
  costs_little_memory(trial, [&] {
    sandbox::NullSink nowhere;
    const sandbox::Result result = box.run(command, nowhere);
    trial.expect(result.verdict == Verdict::wall_time_limit ||
                     result.verdict == Verdict::cpu_time_limit,
                 describe(result));
  });
}

void add_floods(Table& table) {
  const auto flood = [](const char* id, const char* title, const char* streams) {
    return Check(id, title, {"flood", streams, "64"})
        .with(little_output)
        .verdict({Verdict::output_limit});
  };
  table.push_back(flood("RX-16.output", "flood standard output", "1")
                      .then(is_cut(sandbox::Stream::standard_output)));
  table.push_back(flood("RX-16.error", "flood standard error", "2")
                      .then(is_cut(sandbox::Stream::standard_error)));
  table.push_back(flood("RX-16.both", "flood both streams", "3"));
  table.push_back(Check("RX-16.memory", "memory of the supervisor by output without a limit",
                        flood_without_limit, [](Cage& cage) {
                          return cage.run({"flood", "3", "64"}).escaped();
                        }));
}

std::string hostile_line() {
  std::string line(1 << 16, '\0');
  for (std::size_t i = 0; i < line.size(); ++i) {
    line[i] = static_cast<char>(i % 10 == 9 ? 0 : i % 256 == '\n' ? 0xff : i);
  }
  return line;
}

/// Bytes are bytes, and the report is a document whatever they are.
void every_byte(Trial& trial) {
  const Observation seen = trial.run(
      {"every-byte", "256"}, [](Command& command) { command.limits.output_bytes = 8 * MiB; });
  std::string right;
  for (int i = 0; i < 4; ++i) {
    right += hostile_line();
  }
  right += "\xf0\x9f";
  trial.expect(seen.result.ok() && seen.out == right, "bytes are not as they were written");
  sandbox::Report report;
  report.stages.push_back({sandbox::Stage::run, seen.result, {seen.out, "", seen.out.size()}, {}});
  for (const bool pretty : {false, true}) {
    const std::string json = to_json(report, pretty);
    trial.expect(nlohmann::json::accept(json), "the report is no JSON");
    trial.expect(json.find('\0') == std::string::npos, "the report holds a NUL byte");
  }
}

void single_bytes(Trial& trial) {
  const Observation seen = trial.run({"single-bytes", "20000"});
  trial.expect(seen.result.ok() && seen.out == std::string(20000, '1'), describe(seen.result));
}

/// As input, bytes without end.
Observation with_endless_input(Trial& trial, const std::vector<std::string>& attack,
                               const Check::Change& change) {
  const int zeros = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
  Observation seen;
  costs_little_memory(trial, [&] {
    seen = trial.run(attack, [&](Command& command) {
      change(command);
      command.input = sandbox::DescriptorInput{zeros};
    });
  });
  ::close(zeros);
  return seen;
}

Check fed(std::string id, std::string title, const std::vector<std::string>& attack,
          const Check::Change& change, Verdict right, int naive_error) {
  return Check(
      std::move(id), std::move(title),
      [=](Trial& trial) {
        trial.box();
        const Observation seen = with_endless_input(trial, attack, change);
        trial.expect(seen.result.verdict == right, describe(seen.result));
      },
      [=](Cage&) { return feed(attack, naive_error); });
}

void add_odd_streams(Table& table) {
  table.push_back(Check("RX-17.bytes", "output that is no text", every_byte, [](Cage& cage) {
    return cage.run({"every-byte", "64"}).out.find(hostile_line()) == 0;
  }));
  table.push_back(Check("RX-18.single", "one write for each byte", single_bytes, [](Cage& cage) {
    return cage.run({"single-bytes", "2000"}).out == std::string(2000, '1');
  }));
  table.push_back(Check("RX-18.drip", "a byte now and then, for ever", {"drip"})
                      .with(short_time)
                      .verdict({Verdict::wall_time_limit}));
  table.push_back(fed("RX-19.never-read", "never read what is sent without end",
                      {"never-read", "5"}, short_time, Verdict::wall_time_limit, EAGAIN));
  table.push_back(fed(
      "RX-19.close", "close all streams while input is sent", {"close-streams"}, [](Command&) {},
      Verdict::ok, EPIPE));
  table.push_back(fed("RX-19.flood", "flood and never read", {"flood", "1", "64"}, little_output,
                      Verdict::output_limit, EAGAIN));
}

} // namespace

void add_streams(Table& table) {
  add_floods(table);
  add_odd_streams(table);
}

} // namespace containment
