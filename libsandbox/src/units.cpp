// SPDX-License-Identifier: Apache-2.0
#include <sandbox/error.hpp>
#include <sandbox/limits.hpp>
#include <sandbox/units.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>

namespace sandbox {
namespace {

constexpr std::string_view unlimited_word = "unlimited";
constexpr std::string_view duration_units = "us, ms, s, m (minutes) or h";
constexpr std::string_view size_units = "B, KiB, MiB, GiB, TiB (or K, M, G, T), kB, MB, GB or TB";

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array time_units{
    Unit{"us", 1'000},         Unit{"ms", 1'000'000},        Unit{"s", 1'000'000'000},
    Unit{"m", 60'000'000'000}, Unit{"h", 3'600'000'000'000},
};

constexpr std::array byte_units{
    Unit{"B", 1},
    Unit{"K", KiB},
    Unit{"KiB", KiB},
    Unit{"M", MiB},
    Unit{"MiB", MiB},
    Unit{"G", GiB},
    Unit{"GiB", GiB},
    Unit{"T", 1024 * GiB},
    Unit{"TiB", 1024 * GiB},
    Unit{"kB", 1'000},
    Unit{"MB", 1'000'000},
    Unit{"GB", 1'000'000'000},
    Unit{"TB", 1'000'000'000'000},
};

[[noreturn]] void reject(std::string_view kind, std::string_view text, std::string_view why) {
  constexpr std::size_t shown = 40;
  std::string quoted(text.substr(0, shown));
  std::replace_if(
      quoted.begin(), quoted.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  throw Error(
      ErrorCode::invalid_argument, {},
      fmt::format("`{}{}` is not a {}: {}", quoted, text.size() > shown ? "..." : "", kind, why));
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

std::size_t count_digits(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) -
                                  text.begin());
}

// Empty on overflow; `digits` holds digits only.
std::optional<std::uint64_t> to_integer(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return value;
}

std::string_view take_whole_part(std::string_view kind, std::string_view text) {
  if (text.empty()) {
    reject(kind, text, "it is empty");
  }
  if (text.front() == '-') {
    reject(kind, text, "it must not be negative");
  }
  const std::size_t digits = count_digits(text);
  if (digits == 0) {
    reject(kind, text, "it must begin with a digit");
  }
  return text.substr(0, digits);
}

template <std::size_t Count>
std::uint64_t unit_factor(const std::array<Unit, Count>& units, std::string_view name,
                          std::string_view kind, std::string_view text, std::string_view known) {
  if (name.empty()) {
    reject(kind, text, fmt::format("the unit is missing, one of {}", known));
  }
  const auto found =
      std::find_if(units.begin(), units.end(), [&](const Unit& unit) { return unit.name == name; });
  if (found == units.end()) {
    reject(kind, text, fmt::format("the unit must be one of {}", known));
  }
  return found->factor;
}

// The nanoseconds in `0.<digits>` of a unit that has `factor` of them.
std::uint64_t fraction_of(std::string_view digits, std::uint64_t factor, std::string_view text) {
  digits = digits.substr(0, digits.find_last_not_of('0') + 1);
  if (digits.empty()) {
    return 0;
  }
  constexpr std::size_t most_digits = 18;
  std::uint64_t scale = 1;
  for (std::size_t i = 0; i < std::min(digits.size(), most_digits); ++i) {
    scale *= 10;
  }
  const std::uint64_t common = std::gcd(factor, scale);
  const auto numerator = to_integer(digits);
  if (digits.size() > most_digits || *numerator % (scale / common) != 0) {
    reject("duration", text, "it is finer than a nanosecond");
  }
  return *numerator / (scale / common) * (factor / common);
}

// At most `decimals` digits after the point, none of them a trailing zero.
std::string trimmed(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (decimals > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
      text.pop_back();
    }
  }
  return text;
}

} // namespace

std::chrono::nanoseconds parse_duration(std::string_view text) {
  constexpr std::string_view kind = "duration";
  if (text == unlimited_word) {
    return unlimited_time;
  }
  const std::string_view whole_digits = take_whole_part(kind, text);
  std::string_view rest = text.substr(whole_digits.size());
  std::string_view fraction_digits;
  if (!rest.empty() && rest.front() == '.') {
    fraction_digits = rest.substr(1, count_digits(rest.substr(1)));
    if (fraction_digits.empty()) {
      reject(kind, text, "a digit must follow the point");
    }
    rest.remove_prefix(1 + fraction_digits.size());
  }
  const std::uint64_t factor = unit_factor(time_units, rest, kind, text, duration_units);
  const std::uint64_t fraction = fraction_of(fraction_digits, factor, text);
  const auto whole = to_integer(whole_digits);
  constexpr auto most = static_cast<std::uint64_t>(unlimited_time.count()) - 1;
  if (!whole || *whole > (most - fraction) / factor) {
    reject(kind, text, "it is too large");
  }
  return std::chrono::nanoseconds{static_cast<std::int64_t>(*whole * factor + fraction)};
}

std::uint64_t parse_size(std::string_view text) {
  constexpr std::string_view kind = "size";
  if (text == unlimited_word) {
    return unlimited;
  }
  const std::string_view digits = take_whole_part(kind, text);
  const std::string_view rest = text.substr(digits.size());
  if (!rest.empty() && rest.front() == '.') {
    reject(kind, text, "it must be a whole number; use a smaller unit");
  }
  const std::uint64_t factor = unit_factor(byte_units, rest, kind, text, size_units);
  const auto number = to_integer(digits);
  if (!number || *number > (unlimited - 1) / factor) {
    reject(kind, text, "it is too large");
  }
  return *number * factor;
}

std::uint64_t parse_count(std::string_view text) {
  constexpr std::string_view kind = "count";
  if (text == unlimited_word) {
    return unlimited;
  }
  const std::string_view digits = take_whole_part(kind, text);
  if (digits.size() != text.size()) {
    reject(kind, text, "it must be a whole number without a unit");
  }
  const auto number = to_integer(digits);
  if (!number || *number == unlimited) {
    reject(kind, text, "it is too large");
  }
  return *number;
}

double parse_decimal(std::string_view text) {
  constexpr std::string_view kind = "number";
  constexpr std::size_t most_characters = 32;
  const std::string_view digits = take_whole_part(kind, text);
  const std::string_view rest = text.substr(digits.size());
  const bool has_fraction =
      rest.size() > 1 && rest.front() == '.' && count_digits(rest.substr(1)) == rest.size() - 1;
  if ((!rest.empty() && !has_fraction) || text.size() > most_characters) {
    reject(kind, text, "it must be digits with at most one point");
  }
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return value;
}

std::string format_size(std::uint64_t bytes) {
  if (bytes == unlimited) {
    return std::string(unlimited_word);
  }
  constexpr std::array names{"KiB", "MiB", "GiB", "TiB"};
  if (bytes < KiB) {
    return fmt::format("{} byte{}", bytes, bytes == 1 ? "" : "s");
  }
  auto value = static_cast<double>(bytes) / KiB;
  std::size_t unit = 0;
  // 1023.95 would be shown as 1024 of the smaller unit.
  while (value >= 1023.95 && unit + 1 < names.size()) {
    value /= KiB;
    ++unit;
  }
  return fmt::format("{} {}", trimmed(value, 1), names[unit]);
}

std::string format_duration(std::chrono::nanoseconds duration) {
  if (duration == unlimited_time) {
    return std::string(unlimited_word);
  }
  const auto nanoseconds = static_cast<double>(duration.count());
  const double size = std::abs(nanoseconds);
  if (size >= 999.95e6) {
    return fmt::format("{} s", trimmed(nanoseconds / 1e9, 3));
  }
  if (size >= 999.95e3) {
    return fmt::format("{} ms", trimmed(nanoseconds / 1e6, 1));
  }
  return fmt::format("{} us", trimmed(nanoseconds / 1e3, 1));
}

} // namespace sandbox
