// SPDX-License-Identifier: Apache-2.0
#include "digest/sha256.hpp"

#include <catch2/catch.hpp>

using namespace sandbox::digest;

namespace {

std::string of_fields(const std::vector<std::string>& fields) {
  Sha256 hash;
  for (const std::string& field : fields) {
    hash.add_field(field);
  }
  return to_hex(hash.finish());
}

} // namespace

TEST_CASE("a digest is the standard's, in one piece or several") {
  const std::string expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  CHECK(to_hex(sha256("abc")) == expected);
  Sha256 hash;
  hash.add("a");
  hash.add("");
  hash.add("bc");
  CHECK(to_hex(hash.finish()) == expected);
}

TEST_CASE("where one field ends and the next begins is part of the digest") {
  CHECK(of_fields({"ab", "c"}) != of_fields({"a", "bc"}));
  CHECK(of_fields({"", "a"}) != of_fields({"a", ""}));
}
