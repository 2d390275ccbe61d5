// SPDX-License-Identifier: Apache-2.0
#include <sandbox/error.hpp>
#include <sandbox/limits.hpp>
#include <sandbox/units.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using namespace std::chrono_literals;
using sandbox::Error;
using sandbox::ErrorCode;
using sandbox::GiB;
using sandbox::KiB;
using sandbox::MiB;

namespace {

template <typename Parser>
void require_invalid(Parser parser, std::string_view text) {
  INFO("text: " << text);
  try {
    parser(text);
    FAIL("was accepted");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::invalid_argument);
  }
}

template <typename Parser>
std::string message_for(Parser parser, std::string_view text) {
  try {
    parser(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

} // namespace

TEST_CASE("durations are read with every unit") {
  CHECK(sandbox::parse_duration("7us") == 7us);
  CHECK(sandbox::parse_duration("500ms") == 500ms);
  CHECK(sandbox::parse_duration("2s") == 2s);
  CHECK(sandbox::parse_duration("2m") == 2min);
  CHECK(sandbox::parse_duration("3h") == 3h);
}

TEST_CASE("durations may have a fraction down to a nanosecond") {
  CHECK(sandbox::parse_duration("1.5s") == 1500ms);
  CHECK(sandbox::parse_duration("0.000000001s") == 1ns);
  CHECK(sandbox::parse_duration("0.25m") == 15s);
  CHECK(sandbox::parse_duration("1.50000000000000000000000s") == 1500ms);
  CHECK(sandbox::parse_duration("0.0000000000025h") == 9ns);
  require_invalid(sandbox::parse_duration, "0.000000000001h");
  require_invalid(sandbox::parse_duration, "0.0000000001s");
  require_invalid(sandbox::parse_duration, "0.1234567890123456789s");
  require_invalid(sandbox::parse_duration, "0.0005us");
}

TEST_CASE("a duration that is not one is refused") {
  for (const auto* text :
       {"",      "s",   "2",     "1.5",    "-1s",  "+1s",       " 1s",   "1s ",  "1 s",
        "1.s",   ".5s", "1..5s", "1.5.5s", "1e3s", "inf",       "nan",   "infs", "nans",
        "0x10s", "1S",  "1sec",  "1sms",   "1,5s", "Unlimited", "1e309s"}) {
    require_invalid(sandbox::parse_duration, text);
  }
  require_invalid(sandbox::parse_duration, std::string_view("1s\0", 3));
}

TEST_CASE("a duration that does not fit is refused") {
  CHECK(sandbox::parse_duration("9223372036s") == 9223372036s);
  CHECK(sandbox::parse_duration("9223372036.854775806s").count() == 9223372036854775806);
  require_invalid(sandbox::parse_duration, "9223372036.854775807s");
  require_invalid(sandbox::parse_duration, "9223372037s");
  require_invalid(sandbox::parse_duration, "18446744073709551616us");
  require_invalid(sandbox::parse_duration, std::string(400, '9') + "h");
}

TEST_CASE("a duration without a unit names the units") {
  CHECK_THAT(message_for(sandbox::parse_duration, "2"),
             Catch::Contains("the unit is missing") && Catch::Contains("us, ms, s"));
}

TEST_CASE("zero is parsed as zero") {
  CHECK(sandbox::parse_duration("0s") == 0s);
  CHECK(sandbox::parse_size("0B") == 0);
  CHECK(sandbox::parse_count("0") == 0);
}

TEST_CASE("sizes are read with every unit") {
  const auto [text, bytes] =
      GENERATE(table<const char*, std::uint64_t>({{"700B", 700},
                                                  {"64K", 64 * KiB},
                                                  {"64KiB", 64 * KiB},
                                                  {"5M", 5 * MiB},
                                                  {"256MiB", 256 * MiB},
                                                  {"1G", GiB},
                                                  {"1GiB", GiB},
                                                  {"2T", 2048 * GiB},
                                                  {"2TiB", 2048 * GiB},
                                                  {"1000kB", 1'000'000},
                                                  {"3MB", 3'000'000},
                                                  {"3GB", 3'000'000'000},
                                                  {"3TB", 3'000'000'000'000}}));
  INFO(text);
  CHECK(sandbox::parse_size(text) == bytes);
}

TEST_CASE("a size that is not one is refused") {
  for (const auto* text : {"",    "MiB",    "256",  "-1MiB", "+1MiB", "256 MiB", " 1B",
                           "1B ", "1.5GiB", "1e9B", "1KB",   "1mib",  "1k",      "1m",
                           "1b",  "1MiBB",  "inf",  "nan",   "1e309", "0x1B",    "UNLIMITED"}) {
    require_invalid(sandbox::parse_size, text);
  }
}

TEST_CASE("a size that does not fit is refused") {
  CHECK(sandbox::parse_size("18446744073709551614B") == 18446744073709551614U);
  require_invalid(sandbox::parse_size, "18446744073709551615B");
  require_invalid(sandbox::parse_size, "18446744073709551616B");
  require_invalid(sandbox::parse_size, "16777216TiB");
}

TEST_CASE("a size without a unit names the units") {
  CHECK_THAT(message_for(sandbox::parse_size, "256"),
             Catch::Contains("the unit is missing") && Catch::Contains("KiB, MiB"));
}

TEST_CASE("unlimited is a word, in durations, sizes and counts") {
  CHECK(sandbox::parse_duration("unlimited") == sandbox::unlimited_time);
  CHECK(sandbox::parse_size("unlimited") == sandbox::unlimited);
  CHECK(sandbox::parse_count("unlimited") == sandbox::unlimited);
  require_invalid(sandbox::parse_decimal, "unlimited");
}

TEST_CASE("counts are whole numbers") {
  CHECK(sandbox::parse_count("64") == 64);
  for (const auto* text : {"", "-1", "+1", "1.0", "1e3", "64 ", "64k", "inf", "nan",
                           "18446744073709551615", "18446744073709551616"}) {
    require_invalid(sandbox::parse_count, text);
  }
}

TEST_CASE("decimals are digits with at most one point") {
  CHECK(sandbox::parse_decimal("2") == 2.0);
  CHECK(sandbox::parse_decimal("0.5") == 0.5);
  for (const auto* text : {"", ".5", "1.", "1e3", "1e309", "inf", "nan", "-0.5", "1.5x", "0x1p3"}) {
    require_invalid(sandbox::parse_decimal, text);
  }
  require_invalid(sandbox::parse_decimal, std::string(400, '9'));
}

TEST_CASE("a message never repeats control bytes or a long text") {
  const std::string message = message_for(sandbox::parse_size, "1\x1b[2J" + std::string(5000, 'x'));
  CHECK(message.find('\x1b') == std::string::npos);
  CHECK(message.size() < 200);
}

TEST_CASE("sizes are shown in the largest unit that fits") {
  CHECK(sandbox::format_size(0) == "0 bytes");
  CHECK(sandbox::format_size(1) == "1 byte");
  CHECK(sandbox::format_size(700) == "700 bytes");
  CHECK(sandbox::format_size(64 * KiB) == "64 KiB");
  CHECK(sandbox::format_size(256 * MiB) == "256 MiB");
  CHECK(sandbox::format_size(3 * GiB / 2) == "1.5 GiB");
  CHECK(sandbox::format_size(MiB - 1) == "1 MiB");
  CHECK(sandbox::format_size(100 * GiB) == "100 GiB");
  CHECK(sandbox::format_size(sandbox::unlimited) == "unlimited");
}

TEST_CASE("durations are shown in the unit that suits them") {
  CHECK(sandbox::format_duration(2s) == "2 s");
  CHECK(sandbox::format_duration(1234ms) == "1.234 s");
  CHECK(sandbox::format_duration(350ms) == "350 ms");
  CHECK(sandbox::format_duration(12500ns) == "12.5 us");
  CHECK(sandbox::format_duration(0s) == "0 us");
  CHECK(sandbox::format_duration(90s) == "90 s");
  CHECK(sandbox::format_duration(999999us) == "1 s");
  CHECK(sandbox::format_duration(sandbox::unlimited_time) == "unlimited");
}
