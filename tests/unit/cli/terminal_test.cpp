// SPDX-License-Identifier: Apache-2.0
#include "terminal.hpp"

#include <catch2/catch.hpp>

using sandbox::cli::ControlEscaper;

TEST_CASE("text passes, control bytes are shown") {
  ControlEscaper escaper;
  CHECK(escaper.escape("žluť 🎉\n\t\r") == "žluť 🎉\n\t\r");
  CHECK(escaper.escape("\x1b]52;c;aGk=\x07") == "^[]52;c;aGk=^G");
  CHECK(escaper.escape("\x7f") == "^?");
  CHECK(escaper.escape("\xc2\x9b[2J") == "\\xc2\\x9b[2J");
  CHECK(escaper.escape("\x9b[2J") == "\\x9b[2J");
}

TEST_CASE("a character in two pieces is one character") {
  ControlEscaper escaper;
  CHECK(escaper.escape("\xf0\x9f") == "");
  CHECK(escaper.escape("\x8e\x89!") == "🎉!");
  CHECK(escaper.finish() == "");
}

TEST_CASE("a character that is never completed is shown") {
  ControlEscaper escaper;
  CHECK(escaper.escape("\xe3\x81") == "");
  CHECK(escaper.escape("a") == "\\xe3\\x81a");
  CHECK(escaper.escape("\xe3") == "");
  CHECK(escaper.finish() == "\\xe3");
}
