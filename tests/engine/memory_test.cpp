// SPDX-License-Identifier: Apache-2.0
//
// A program that shares init's memory limit and tries to have init killed in its stead.
#include "common/backend.hpp"
#include "engine/support.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <map>

using namespace sandbox;

namespace {

std::string program() {
  std::ifstream file(SANDBOX_TEST_OOM, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("a program that has the kernel choose among it and init gets no better verdict") {
  std::map<std::string, int> outcomes;
  for (int i = 0; i < 12; ++i) {
    Environment environment;
    environment.image = common::image();
    // From what init hardly fits into to what /tmp and /dev/shm can fill.
    environment.expected_limits.memory_bytes = std::uint64_t{4} << (i % 6) << 20;
    auto session = contract::backend().open(environment);
    session->put_file("oom", program(), true);
    Command command;
    command.argv = {"./oom"};
    command.limits = environment.expected_limits;
    command.limits.cpu_time = std::chrono::seconds{20};
    command.limits.wall_time = std::chrono::seconds{20};
    NullSink sink;
    const auto start = engine_test::Clock::now();
    try {
      const Result result = session->run(command, sink);
      ++outcomes[std::string(to_string(result.verdict)) + " by " + result.evidence.killer];
      INFO(environment.expected_limits.memory_bytes / MiB << " MiB: " << describe(result));
      // What cannot fill 128 MiB with files of 64 MiB in two places waits for its time to pass.
      CHECK((result.verdict == Verdict::memory_limit ||
             (result.verdict == Verdict::wall_time_limit &&
              environment.expected_limits.memory_bytes >= 128 * MiB) ||
             (result.verdict == Verdict::cpu_time_limit &&
              environment.expected_limits.memory_bytes >= 128 * MiB)));
    } catch (const Error& error) {
      ++outcomes[std::string(to_string(error.code()))];
      INFO(error.what());
      CHECK(error.code() == ErrorCode::backend_lost);
    }
    CHECK(engine_test::seconds_since(start) < 40);
  }
  for (const auto& [outcome, times] : outcomes) {
    WARN(outcome << ": " << times);
  }
  CHECK(engine_test::wait_until([] { return engine_test::own_containers().empty(); }));
}
