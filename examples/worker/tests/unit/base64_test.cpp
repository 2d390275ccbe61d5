// SPDX-License-Identifier: Apache-2.0
#include "base64.hpp"

#include <catch2/catch.hpp>

#include <string>

using worker::from_base64;
using worker::to_base64;

TEST_CASE("base64 of every length, as RFC 4648 has it") {
  const auto [bytes, text] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {std::string("\x00\xff\xfe\xfb", 4), "AP/++w=="},
  }));
  CHECK(to_base64(bytes) == text);
  CHECK(from_base64(text) == bytes);
}

TEST_CASE("what is no base64 is nothing") {
  for (const char* const text :
       {"A", "Zg=", "Zg", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Z g=", "Zm9_"}) {
    CAPTURE(text);
    CHECK(from_base64(text) == std::nullopt);
  }
}
