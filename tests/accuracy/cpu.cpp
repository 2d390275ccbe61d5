// SPDX-License-Identifier: Apache-2.0
#include "accuracy/deviation.hpp"
#include "accuracy/figures.hpp"

#include <fmt/format.h>

#include <cstring>

namespace accuracy {
namespace {

constexpr double promised_share = 0.02;
constexpr double promised_ns = 5e6;
constexpr double ns_per_ms = 1e6;
/// The kernel charges interrupts, and what a hypervisor takes away, to whoever runs just then.
constexpr int one_stray_in = 5;

struct Kind {
  const char* name;
  const char* what;
};

constexpr Kind kinds[] = {
    {"loop", "loop"},
    {"threads", "threads"},
    {"children, waited for", "children"},
    {"grandchildren, not waited for", "grandchildren"},
    {"an orphan that is killed", "killed-orphan"},
    {"system: getrandom", "random"},
    {"system: read /dev/zero", "zero"},
    {"system: stat", "stat"},
};

/// What the program left in its file when it was killed: a long for each process.
double left_in(sandbox::Session& session) {
  const std::string bytes = session.get_file("used", 4096);
  double sum = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    std::int64_t each = 0;
    std::memcpy(&each, bytes.data() + i * sizeof each, sizeof each);
    sum += static_cast<double>(each);
  }
  return sum;
}

} // namespace

int check_cpu(const Bench& bench, int repeats) {
  int misses = 0;
  Deviation::print_head("CPU time");
  for (const Kind& kind : kinds) {
    for (const long ns : {50'000'000L, 500'000'000L}) {
      Deviation deviation(promised_share, promised_ns, one_stray_in);
      for (int i = 0; i < repeats; ++i) {
        const auto session = bench.open("cpu", ample());
        const auto ran = bench.run(*session, {kind.what, std::to_string(ns)}, ample());
        if (!ran.result.ok()) {
          fmt::print("{}: {}\n", kind.name, describe(ran.result));
          deviation.add_miss();
          continue;
        }
        const double truth = ran.out.empty() ? left_in(*session) : std::stod(ran.out);
        deviation.add(static_cast<double>(ran.result.usage.cpu_time.count()), truth);
      }
      deviation.print(kind.name, "ms", ns_per_ms);
      misses += deviation.misses();
    }
  }
  return misses;
}

} // namespace accuracy
