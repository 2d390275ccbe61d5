// SPDX-License-Identifier: Apache-2.0
#include "queues/payload_id.hpp"

#include <catch2/catch.hpp>

#include <string>

using worker::id_in_payload;

TEST_CASE("the id is the outermost object's, and nothing else is taken for it") {
  CHECK(id_in_payload(R"({"language":"c","id":"a-1"})") == "a-1");
  CHECK(id_in_payload(R"({"id":17})") == "17");
  CHECK(id_in_payload(R"({"meta":{"id":"inner"},"id":"outer"})") == "outer");
  CHECK(id_in_payload(R"({"id":"outer","meta":[{"id":"inner"}]})") == "outer");
  CHECK(id_in_payload(R"({"meta":{"id":"inner"}})").empty());
  CHECK(id_in_payload(R"(["id","a"])").empty());
  CHECK(id_in_payload(R"({"id":["a"]})").empty());
  CHECK(id_in_payload(R"({"id":1.5})").empty());
  CHECK(id_in_payload(R"({"id":"../etc"})").empty());
  CHECK(id_in_payload(R"({"id":"cut)").empty());
  CHECK(id_in_payload(R"({"id":"a"} and more)").empty());
  CHECK(id_in_payload("").empty());
  CHECK(id_in_payload(std::string(200'000, '[')).empty());
}
