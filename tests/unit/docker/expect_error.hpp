// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <string>

namespace sandbox::docker::test {

/// Runs `act`, which must throw an Error of this code whose text has `part` in it.
template <class Act>
void expect_error(ErrorCode code, const std::string& part, Act act) {
  try {
    act();
  } catch (const Error& error) {
    CHECK(to_string(error.code()) == to_string(code));
    CHECK_THAT(error.what(), Catch::Contains(part));
    return;
  }
  FAIL("nothing was thrown; expected: " << part);
}

/// Milliseconds that have passed since it was made.
class Stopwatch {
 public:
  long long elapsed_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_{Clock::now()};
};

} // namespace sandbox::docker::test
