// SPDX-License-Identifier: Apache-2.0
//
// What is read as a size or a time is written so that it reads the same again.
#include <sandbox/error.hpp>
#include <sandbox/units.hpp>

#include <cstdint>
#include <string_view>

namespace {

template <class Parse, class Format>
void round_trip(std::string_view text, Parse parse, Format format) {
  try {
    const auto value = parse(text);
    static_cast<void>(parse(format(value)));
  } catch (const sandbox::Error&) {
    return;
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  round_trip(text, sandbox::parse_size, sandbox::format_size);
  round_trip(text, sandbox::parse_duration, sandbox::format_duration);
  round_trip(text, sandbox::parse_count, [](std::uint64_t n) { return std::to_string(n); });
  round_trip(text, sandbox::parse_decimal, [](double n) { return std::to_string(n); });
  return 0;
}
