// SPDX-License-Identifier: Apache-2.0
#include "soak/kinds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace soak {
namespace {

using namespace std::chrono_literals;
using sandbox::KiB;
using sandbox::Limits;
using sandbox::MiB;
using sandbox::Result;
using sandbox::Verdict;

constexpr std::uint64_t flood_bytes = 64 * KiB;
constexpr int small_inodes = 64;

using Also = std::function<std::string(const Result&, const std::string&)>;

/// Enough on a machine that is four times as busy as it can be.
Limits ample() {
  Limits limits;
  limits.cpu_time = 20s;
  limits.wall_time = 120s;
  limits.memory_bytes = 64 * MiB;
  return limits;
}

/// For what does not end by itself.
Limits brief() {
  Limits limits = ample();
  limits.cpu_time = 300ms;
  limits.wall_time = 2s;
  limits.processes = 32;
  return limits;
}

template <class Value>
Limits with(Limits limits, Value Limits::*which, Value value) {
  limits.*which = value;
  return limits;
}

Limits small_disk() {
  Limits limits = ample();
  limits.disk_bytes = 4 * MiB;
  limits.disk_inodes = small_inodes;
  return limits;
}

Limits short_wall() {
  Limits limits = ample();
  limits.wall_time = 300ms;
  return limits;
}

Also prints(std::string expected) {
  return [expected = std::move(expected)](const Result&, const std::string& out) {
    return out == expected ? std::string()
                           : fmt::format("printed {} bytes: {:.60}", out.size(), out);
  };
}

Also touches(const char* limit) {
  return [limit](const Result& result, const std::string&) {
    const bool touched =
        std::any_of(result.touched.begin(), result.touched.end(),
                    [&](const sandbox::Touched& each) { return each.limit == limit; });
    return touched ? std::string() : fmt::format("did not touch {}", limit);
  };
}

std::string letters(std::size_t count) {
  std::string text(count, 'a');
  for (std::size_t i = 0; i < count; ++i) {
    text[i] = static_cast<char>('a' + i % 26);
  }
  return text;
}

std::vector<Kind> make_honest() {
  const std::vector<Verdict> ok{Verdict::ok};
  std::string input;
  for (int i = 0; i < 100'000; ++i) {
    input += static_cast<char>(i * 31 % 251);
  }
  const auto peak = [](const Result& result, const std::string&) {
    const std::uint64_t bytes = result.usage.memory_peak_bytes.value_or(0);
    return bytes >= 15 * MiB ? std::string() : fmt::format("a peak of {} bytes", bytes);
  };
  const auto code = [](const Result& result, const std::string&) {
    return result.exit_code == 3 ? std::string() : std::string("another exit code");
  };
  const auto aborted = [](const Result& result, const std::string&) {
    return result.signal == SIGABRT ? std::string() : std::string("another signal");
  };
  std::vector<Kind> all;
  all.push_back(noop());
  all.push_back({"exit 3", false, {"exit", "3"}, ample(), {Verdict::nonzero_exit}, {}, code});
  all.push_back({"compute", false, {"compute"}, ample(), ok, {}, prints("82025 primes\n")});
  all.push_back({"memory", false, {"memory", "16"}, ample(), ok, {}, peak});
  all.push_back({"output", false, {"output", "200000"}, ample(), ok, {}, prints(letters(200'000))});
  all.push_back(
      {"files", false, {"files", "20"}, ample(), ok, {}, prints("total 190\n"), {"result"}});
  all.push_back({"children", false, {"children", "8"}, ample(), ok, {}, prints("total 28\n")});
  all.push_back({"threads", false, {"threads", "8"}, ample(), ok, {}, prints("total 8000\n")});
  all.push_back({"copy", false, {"copy"}, ample(), ok, input, prints(input)});
  all.push_back({"crash", false, {"crash"}, ample(), {Verdict::signaled}, {}, aborted});
  return all;
}

std::vector<Kind> make_endless() {
  // What fork() took and gave back when it failed is charged until a grace period of RCU is over,
  // which is long on a busy machine: 32 processes were seen to hold 4 MiB or 52.
  const std::vector<Verdict> any_limit{Verdict::cpu_time_limit, Verdict::wall_time_limit,
                                       Verdict::memory_limit};
  const auto kept = [](const Result& result, const std::string&) {
    return result.usage.standard_output.kept_bytes == flood_bytes ? std::string()
                                                                  : std::string("cut elsewhere");
  };
  Limits spinner = brief();
  spinner.wall_time = 120s;
  std::vector<Kind> all;
  all.push_back({"fork bomb", true, {"fork-bomb"}, brief(), any_limit, {}, touches("processes")});
  all.push_back(
      {"thread bomb", true, {"thread-bomb"}, brief(), any_limit, {}, touches("processes")});
  all.push_back({"churn", true, {"churn"}, brief(), any_limit});
  all.push_back({"memory bomb",
                 true,
                 {"memory-bomb"},
                 with(ample(), &Limits::memory_bytes, 32 * MiB),
                 {Verdict::memory_limit}});
  all.push_back({"flood",
                 true,
                 {"flood"},
                 with(ample(), &Limits::output_bytes, flood_bytes),
                 {Verdict::output_limit},
                 {},
                 kept});
  all.push_back({"ignores signals", true, {"ignore"}, spinner, {Verdict::cpu_time_limit}});
  all.push_back({"stops itself", true, {"stop"}, short_wall(), {Verdict::wall_time_limit}});
  all.push_back(sleeper());
  return all;
}

std::vector<Kind> make_hostile() {
  const std::vector<Verdict> ok{Verdict::ok};
  const auto one_left = [](const Result& result, const std::string&) {
    return result.leftover_processes == 1
               ? std::string()
               : fmt::format("{} leftover processes", result.leftover_processes);
  };
  Limits roomy = with(ample(), &Limits::memory_bytes, 256 * MiB);
  roomy.open_files = 64;
  std::vector<Kind> all = make_endless();
  all.push_back({"fills bytes", true, {"bytes"}, small_disk(), ok, {}, touches("disk_bytes")});
  all.push_back({"fills inodes", true, {"inodes"}, small_disk(), ok, {}, touches("disk_inodes")});
  all.push_back({"daemon", true, {"daemon"}, ample(), ok, {}, one_left});
  all.push_back({"tree", true, {"tree"}, ample(), ok, {}, {}, {"**"}});
  all.push_back({"huge names", true, {"names"}, ample(), ok, {}, {}, {"**"}});
  all.push_back({"sockets", true, {"sockets"}, roomy, ok});
  all.push_back({"timers", true, {"timers"}, ample(), ok});
  all.push_back({"queues", true, {"queues"}, ample(), ok});
  return all;
}

double ms(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

std::string figures(const Result& result) {
  const sandbox::Usage& usage = result.usage;
  return fmt::format("{}: {}; CPU {:.1f} ms, wall {:.1f} ms, peak {} KiB, {} processes, {} left, "
                     "{}+{} switches",
                     to_string(result.verdict), describe(result), ms(usage.cpu_time),
                     ms(usage.wall_time), usage.memory_peak_bytes.value_or(0) / KiB,
                     usage.processes_peak.value_or(0), result.leftover_processes,
                     usage.voluntary_switches, usage.involuntary_switches);
}

const Kind& one_of(Random& random, const std::vector<Kind>& kinds) {
  return kinds[pick(random, 0, static_cast<unsigned>(kinds.size()) - 1)];
}

} // namespace

unsigned pick(Random& random, unsigned low, unsigned high) {
  return std::uniform_int_distribution<unsigned>(low, high)(random);
}

const Kind& noop() {
  static const Kind kind{"noop", false, {"exit", "0"}, ample(), {Verdict::ok}};
  return kind;
}

const Kind& sleeper() {
  static const Kind kind{"sleeper", true, {"sleep"}, short_wall(), {Verdict::wall_time_limit}};
  return kind;
}

const Kind& any_kind(Random& random) {
  static const std::vector<Kind> honest = make_honest();
  static const std::vector<Kind> hostile = make_hostile();
  return one_of(random, pick(random, 0, 4) == 0 ? hostile : honest);
}

const Kind& endless_kind(Random& random) {
  static const std::vector<Kind> endless = make_endless();
  return one_of(random, endless);
}

std::string wrong(const Kind& kind, const Result& result, const std::string& out) {
  const bool right =
      std::find(kind.right.begin(), kind.right.end(), result.verdict) != kind.right.end();
  const std::string complaint = !right      ? std::string("not a right end")
                                : kind.also ? kind.also(result, out)
                                            : std::string();
  return complaint.empty() ? complaint : fmt::format("{}; {}", complaint, figures(result));
}

} // namespace soak
