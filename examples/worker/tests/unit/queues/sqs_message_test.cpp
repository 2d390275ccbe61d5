// SPDX-License-Identifier: Apache-2.0
#include "queues/sqs_message.hpp"

#include <catch2/catch.hpp>

using namespace worker;

TEST_CASE("what XML cannot say is escaped in JSON, and nothing else is touched") {
  CHECK(escape_for_sqs("\"a\xEF\xBF\xBE"
                       "b\xEF\xBF\xBF\"") == R"("a\ufffeb\uffff")");
  CHECK(escape_for_sqs("\"\xEF\xBF\xBD \xEF\xBF\"") ==
        "\"\xEF\xBF\xBD \xEF\xBF\""); // U+FFFD, cut off
  CHECK(escape_for_sqs("").empty());
}

TEST_CASE("text for people loses what SQS refuses") {
  CHECK(printable_for_sqs("a\x1B[31m\tb\n\xEF\xBF\xBF") == "a?[31m\tb\n?");
}

TEST_CASE("attributes that are missing, empty or no numbers read as nothing") {
  SqsJson message;
  add_attribute(message, "Id", std::string("a"));
  add_attribute(message, "Callback", std::string());
  add_attribute(message, "Attempt", std::uint64_t{3});
  CHECK(attribute(message, "Id") == "a");
  CHECK_FALSE(message["MessageAttributes"].contains("Callback"));
  CHECK(number_attribute(message, "Attempt") == 3);
  CHECK(number_attribute(message, "Id") == 0);
  CHECK(attribute(SqsJson::parse(R"({"MessageAttributes":{"Id":5}})"), "Id").empty());
  CHECK(system_attribute(SqsJson::parse(R"({"Attributes":[1]})"), "SentTimestamp") == 0);
}
