// SPDX-License-Identifier: Apache-2.0
//
// Arguments worth trying on every call: each value that some rule compares, its neighbours, and
// every single bit.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace sandbox::test {

using Arguments = std::array<std::uint64_t, 6>;

inline std::vector<std::uint64_t> interesting_values() {
  std::vector<std::uint64_t> values = {
      0x5410,     0x5412,     0x541B,  0x541C,    0x5423, // terminals
      0x8940,     0x8942,     0x8983,  0x89a1,    0x9408,
      0x80089418,                                         // requests to sockets and btrfs
      0x1000,     0x2000,     0x6000,  0x8000,    0xc000, // kinds of node
      0x400,      0x402,      0x403,   0x410,             // fcntl
      0xffffffff, 0x7fffffff, 0x20000, 0x40000011};
  for (std::uint64_t small = 0; small <= 70; ++small) { // families, signals, prctl options
    values.push_back(small);
  }
  constexpr std::uint64_t child_signal = 17;
  for (unsigned bit = 7; bit < 32; ++bit) {
    values.push_back(std::uint64_t{1} << bit);
    values.push_back(std::uint64_t{1} << bit | child_signal);
  }
  return values;
}

inline std::vector<Arguments> interesting_arguments() {
  std::vector<Arguments> all = {Arguments{}};
  for (std::size_t place = 0; place < Arguments{}.size(); ++place) {
    for (const std::uint64_t value : interesting_values()) {
      Arguments arguments{};
      arguments.at(place) = value;
      all.push_back(arguments);
    }
  }
  for (const std::uint64_t option : {9, 26, 51}) { // of sockets
    all.push_back({0, 1, option});
  }
  for (const std::uint64_t first : {1, 2, 10, 16, 17, 38}) { // families of sockets
    for (const std::uint64_t second : {1, 2, 3, 0x80001}) {
      for (const std::uint64_t third : {0, 1, 6, 12, 17}) {
        all.push_back({first, second, third});
      }
    }
  }
  return all;
}

} // namespace sandbox::test
