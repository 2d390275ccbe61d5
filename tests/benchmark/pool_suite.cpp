// SPDX-License-Identifier: Apache-2.0
#include "contenders.hpp"
#include "pool_contenders.hpp"
#include "suites.hpp"

#include <sandbox/native.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace benchmark {

void measure_pool(const Settings& settings, Table& table) {
  const auto backend = sandbox::make_native_backend();
  table.note_guarantees(sample_result(*backend, {}));
  const Contender bare = spawn("posix_spawn, no-op", {SANDBOX_NOOP});
  table.add("warm and cold, no-op", measure_latency({bare, boxed_noop(*backend)}, settings.runs));
  std::vector<Contender> ahead{bare};
  for (const Contender& each : opened_ahead(*backend)) {
    ahead.push_back(each);
  }
  table.add("warm and cold, no-op", measure_latency(ahead, settings.runs));
  std::vector<Contender> programs{spawn("posix_spawn, /bin/true", {"/bin/true"})};
  for (const Contender& each : submissions(*backend)) {
    programs.push_back(each);
  }
  table.add("warm and cold, submissions of /bin/true", measure_latency(programs, settings.runs));
  for (const char* language : {"python", "javascript"}) {
    const std::vector<Contender> contenders = interpreters(*backend, language);
    if (!contenders.empty()) {
      table.add(std::string("an empty source, ") + language,
                measure_latency(contenders, std::max(settings.runs / 5, 1)));
    }
  }
}

} // namespace benchmark
