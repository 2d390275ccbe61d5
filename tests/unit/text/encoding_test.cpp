// SPDX-License-Identifier: Apache-2.0
#include "text/encoding.hpp"

#include <catch2/catch.hpp>

using namespace sandbox;

TEST_CASE("UTF-8 is recognised as RFC 3629 has it") {
  for (const char* good : {"", "a", "\xc3\xa9", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    CHECK(text::is_utf8(good));
  }
  for (const char* bad :
       {"\x80", "\xc0\xaf", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\xff"}) {
    CHECK_FALSE(text::is_utf8(bad));
  }
}

TEST_CASE("base64 is padded") {
  CHECK(text::to_base64("") == "");
  CHECK(text::to_base64("f") == "Zg==");
  CHECK(text::to_base64("fo") == "Zm8=");
  CHECK(text::to_base64("foo") == "Zm9v");
}
