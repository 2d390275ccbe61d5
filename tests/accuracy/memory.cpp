// SPDX-License-Identifier: Apache-2.0
#include "accuracy/deviation.hpp"
#include "accuracy/figures.hpp"

#include <fmt/format.h>

namespace accuracy {
namespace {

using sandbox::MiB;
using Args = std::vector<std::string>;

constexpr double promised_share = 0.02;
constexpr double promised_bytes = 1 * MiB;

struct Kind {
  const char* name;
  Args args;
  Args earlier{}; // a stage before
  bool below_earlier{false};
};

std::string mib(std::uint64_t count) {
  return std::to_string(count * MiB);
}

std::vector<Kind> make_kinds() {
  return {
      {"heap, 1 MiB", {"heap", mib(1)}},
      {"heap, 32 MiB", {"heap", mib(32)}},
      {"heap, 256 MiB", {"heap", mib(256)}},
      {"bss", {"bss", "0"}},
      {"System V shared memory", {"shm", mib(32)}},
      {"file in /box", {"file", mib(32), "/box/file"}},
      {"file in /tmp", {"file", mib(32), "/tmp/file"}},
      {"memfd", {"memfd", mib(32)}},
      {"page tables", {"tables", mib(32)}},
      {"stack", {"stack", mib(32)}},
      {"children together", {"children", mib(32)}},
      {"spike of 10 ms", {"spike", mib(16)}},
      {"heap after more heap", {"heap", mib(16)}, {"heap", mib(64)}, true},
      {"heap after less heap", {"heap", mib(64)}, {"heap", mib(16)}},
      {"heap after a file that stays", {"heap", mib(16)}, {"file", mib(32), "/box/file"}},
      {"heap after shared memory that stays", {"heap", mib(16)}, {"shm", mib(32)}},
      {"spike after more heap", {"spike", mib(16)}, {"heap", mib(64)}, true},
  };
}

void measure(const Bench& bench, const Kind& kind, Deviation& deviation) {
  const auto session = bench.open("memory", ample());
  if (!kind.earlier.empty()) {
    bench.run(*session, kind.earlier, ample());
  }
  const auto ran = bench.run(*session, kind.args, ample());
  if (!ran.result.ok() || !ran.result.usage.memory_peak_bytes) {
    fmt::print("{}: {}; {}\n", kind.name, to_string(ran.result.verdict), describe(ran.result));
    deviation.add_miss();
    return;
  }
  const auto reported = static_cast<double>(*ran.result.usage.memory_peak_bytes);
  // Such a peak is sampled in a container: what is short may be missed (docs/report.md).
  if (bench.is_docker() && kind.below_earlier) {
    deviation.add_sample(reported, std::stod(ran.out));
  } else {
    deviation.add(reported, std::stod(ran.out));
  }
}

} // namespace

int check_memory(const Bench& bench, int repeats) {
  int misses = 0;
  Deviation::print_head("peak memory");
  for (const Kind& kind : make_kinds()) {
    Deviation deviation(promised_share, promised_bytes);
    for (int i = 0; i < repeats; ++i) {
      measure(bench, kind, deviation);
    }
    deviation.print(kind.name, "MiB", static_cast<double>(MiB));
    misses += deviation.misses();
  }
  return misses;
}

} // namespace accuracy
