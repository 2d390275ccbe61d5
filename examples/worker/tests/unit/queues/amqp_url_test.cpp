// SPDX-License-Identifier: Apache-2.0
#include "queues/amqp_url.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using worker::AmqpUrl;
using worker::parse_amqp_url;

TEST_CASE("an AMQP URL has its parts, and defaults for those it leaves out") {
  const AmqpUrl plain = parse_amqp_url("amqp://host");
  CHECK(plain.host == "host");
  CHECK(plain.port == 5672);
  CHECK(plain.user == "guest");
  CHECK(plain.vhost == "/");
  CHECK_FALSE(plain.encrypted);
  const AmqpUrl full = parse_amqp_url("amqps://me:p%40ss@host:1234/tenant");
  CHECK(full.port == 1234);
  CHECK(full.user == "me");
  CHECK(full.password == "p@ss");
  CHECK(full.vhost == "tenant");
  CHECK(full.encrypted);
}

TEST_CASE("the complaint about an AMQP URL does not have its password") {
  try {
    parse_amqp_url("amqq://me:secret@host");
    FAIL("accepted");
  } catch (const std::invalid_argument& error) {
    CHECK(std::string(error.what()).find("secret") == std::string::npos);
  }
}
