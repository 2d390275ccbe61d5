// SPDX-License-Identifier: Apache-2.0
#include "config_value.hpp"

#include <sandbox/error.hpp>
#include <sandbox/units.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace worker {

using std::chrono::milliseconds;

namespace {

template <class Parse>
auto parsed(const ConfigValue& value, const std::string& text, Parse parse) {
  try {
    return parse(text);
  } catch (const sandbox::Error& error) {
    value.fail(error.what());
  }
}

milliseconds to_milliseconds(const ConfigValue& value, const std::string& text) {
  const auto exact = parsed(value, text, sandbox::parse_duration);
  if (exact == sandbox::unlimited_time ||
      exact % milliseconds{1} != std::chrono::nanoseconds::zero()) {
    value.fail(fmt::format("{} must be whole milliseconds", text));
  }
  return std::chrono::duration_cast<milliseconds>(exact);
}

} // namespace

void ConfigValue::fail(const std::string& message) const {
  throw sandbox::ConfigError(place_.file, place_.line, place_.column, message);
}

std::string ConfigValue::text() const {
  if (is_list_) {
    fail("must be one text, not a list");
  }
  return texts_.front();
}

std::string ConfigValue::one_of(std::initializer_list<std::string_view> words) const {
  std::string word = text();
  if (std::find(words.begin(), words.end(), word) == words.end()) {
    fail(fmt::format("\"{}\" is not one of {}", word, fmt::join(words, ", ")));
  }
  return word;
}

std::vector<std::string> ConfigValue::list() const {
  if (!is_list_) {
    fail("must be a list");
  }
  return texts_;
}

milliseconds ConfigValue::duration(milliseconds least, milliseconds most) const {
  const milliseconds value = to_milliseconds(*this, text());
  if (value < least || value > most) {
    fail(fmt::format("must be from {} to {}", sandbox::format_duration(least),
                     sandbox::format_duration(most)));
  }
  return value;
}

std::vector<milliseconds> ConfigValue::durations() const {
  std::vector<milliseconds> values;
  for (const std::string& each : list()) {
    values.push_back(to_milliseconds(*this, each));
  }
  if (values.empty()) {
    fail("must not be empty");
  }
  return values;
}

std::uint64_t ConfigValue::size(std::uint64_t least, std::uint64_t most) const {
  const std::uint64_t value = parsed(*this, text(), sandbox::parse_size);
  if (value < least || value > most) {
    fail(fmt::format("must be from {} to {}", sandbox::format_size(least),
                     sandbox::format_size(most)));
  }
  return value;
}

std::uint64_t ConfigValue::count(std::uint64_t least, std::uint64_t most) const {
  const std::uint64_t value = parsed(*this, text(), sandbox::parse_count);
  if (value < least || value > most) {
    fail(fmt::format("must be from {} to {}", least, most));
  }
  return value;
}

unsigned ConfigValue::small_count(unsigned least, unsigned most) const {
  return static_cast<unsigned>(count(least, most));
}

bool ConfigValue::boolean() const {
  return one_of({"true", "false"}) == "true";
}

void ConfigValue::limit(sandbox::Limits& limits, std::string_view name) const {
  parsed(*this, text(), [&](const std::string& text) {
    set_limit(limits, name, text);
    return 0;
  });
}

} // namespace worker
