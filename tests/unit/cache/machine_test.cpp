// SPDX-License-Identifier: Apache-2.0
#include "cache/machine.hpp"

#include <catch2/catch.hpp>

using sandbox::cache::processor_kinds;

namespace {

std::string processor(const std::string& number, const std::string& clock,
                      const std::string& flags) {
  return "processor\t: " + number +
         "\nvendor_id\t: GenuineIntel\ncpu family\t: 6\ncpu MHz\t\t: " + clock +
         "\nflags\t\t: " + flags + "\n\n";
}

} // namespace

TEST_CASE("a machine is known by what its processors can do, not by their clocks or number") {
  const std::string one = processor_kinds(processor("0", "2100.1", "sse avx"));
  CHECK(one.find("avx") != std::string::npos);
  CHECK(one.find("family") != std::string::npos);
  CHECK(one ==
        processor_kinds(processor("0", "800.0", "sse avx") + processor("1", "2100.1", "sse avx")));
  CHECK(one != processor_kinds(processor("0", "2100.1", "sse avx avx512f")));
  CHECK(one !=
        processor_kinds(processor("0", "2100.1", "sse avx") + processor("1", "2100.1", "sse")));
}

TEST_CASE("this machine's processors are known") {
  CHECK(sandbox::cache::this_machine().find('\n') + 1 < sandbox::cache::this_machine().size());
}
