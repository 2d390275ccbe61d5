// SPDX-License-Identifier: Apache-2.0
#include "text/json_writer.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <limits>

using sandbox::text::JsonWriter;
using Json = nlohmann::ordered_json;

namespace {

std::string written(std::string_view text) {
  JsonWriter json;
  json.value(text);
  return json.text();
}

} // namespace

TEST_CASE("values stand apart by commas, whatever they follow") {
  JsonWriter json;
  json.begin_array();
  json.begin_object();
  json.end_object();
  json.begin_array();
  json.end_array();
  json.value("[");
  json.value("{:");
  json.value(true);
  json.value(nullptr);
  json.value(std::numeric_limits<std::uint64_t>::max());
  json.value(std::numeric_limits<std::int64_t>::min());
  json.begin_object();
  json.member("a", 1);
  json.key("b");
  json.begin_array();
  json.value(2);
  json.value(3);
  json.end_array();
  json.member("c", false);
  json.end_object();
  json.end_array();
  CHECK(
      json.text() ==
      R"([{},[],"[","{:",true,null,18446744073709551615,-9223372036854775808,{"a":1,"b":[2,3],"c":false}])");
}

TEST_CASE("every character of a text comes back") {
  for (unsigned point = 0; point < 0x800; ++point) {
    std::string text = "x";
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else {
      text += static_cast<char>(0xC0U | point >> 6U);
      text += static_cast<char>(0x80U | (point & 0x3FU));
    }
    text += 'y';
    CHECK(Json::parse(written(text)) == text);
  }
}

TEST_CASE("bytes that are no text are replaced, and break nothing") {
  CHECK(written("a\xff"
                "b") == "\"a\xef\xbf\xbd"
                        "b\"");
}
