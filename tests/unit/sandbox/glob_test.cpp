// SPDX-License-Identifier: Apache-2.0
#include "sandbox/glob.hpp"

#include <catch2/catch.hpp>

#include <string>

using sandbox::matches_glob;

TEST_CASE("globs match as documented") {
  CHECK(matches_glob("*.o", "main.o"));
  CHECK_FALSE(matches_glob("*.o", "out/main.o"));
  CHECK(matches_glob("**.o", "out/main.o"));
  CHECK(matches_glob("out/**", "out/a/b"));
  CHECK(matches_glob("a?c", "abc"));
  CHECK_FALSE(matches_glob("a?c", "a/c"));
  CHECK(matches_glob("[a-c]x", "bx"));
  CHECK_FALSE(matches_glob("[!a-c]x", "bx"));
  CHECK_FALSE(matches_glob("[!a]x", "/x"));
  CHECK(matches_glob("\\*", "*"));
  CHECK_FALSE(matches_glob("\\*", "x"));
  CHECK(matches_glob("[", "["));
  CHECK(matches_glob("", ""));
  CHECK_FALSE(matches_glob("", "x"));
}

TEST_CASE("a pattern of many stars takes no exponential time") {
  std::string pattern;
  for (int i = 0; i < 50; ++i) {
    pattern += "*a";
  }
  CHECK_FALSE(matches_glob(pattern + "b", std::string(2000, 'a')));
}
