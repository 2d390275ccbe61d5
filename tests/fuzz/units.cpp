// SPDX-License-Identifier: Apache-2.0
//
// Amounts that people write: any text is a number or an Error(invalid_argument), and each number
// can be shown.
#include "input.hpp"

#include <sandbox/error.hpp>
#include <sandbox/limits.hpp>
#include <sandbox/units.hpp>

namespace {

using sandbox::fuzz::check;

template <class Parse, class Use>
void parse_and(std::string_view text, Parse parse, Use use) {
  try {
    use(parse(text));
  } catch (const sandbox::Error& error) {
    check(error.code() == sandbox::ErrorCode::invalid_argument);
  }
}

void set_each_limit(std::string_view text) {
  for (const std::string_view name : sandbox::limit_names()) {
    parse_and(
        text,
        [name](std::string_view value) {
          sandbox::Limits limits;
          sandbox::set_limit(limits, name, value);
          return limits;
        },
        [](const sandbox::Limits& limits) { sandbox::validate(limits); });
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  parse_and(text, sandbox::parse_size, [](std::uint64_t bytes) {
    check(!sandbox::format_size(bytes).empty());
    if (bytes != sandbox::unlimited) {
      check(sandbox::parse_size(std::to_string(bytes) + "B") == bytes);
    }
  });
  parse_and(text, sandbox::parse_duration, [](std::chrono::nanoseconds time) {
    check(time.count() >= 0 && !sandbox::format_duration(time).empty());
  });
  parse_and(text, sandbox::parse_count, [](std::uint64_t count) {
    check(count == sandbox::unlimited || sandbox::parse_count(std::to_string(count)) == count);
  });
  parse_and(text, sandbox::parse_decimal, [](double number) { check(number >= 0); });
  set_each_limit(text);
  return 0;
}
