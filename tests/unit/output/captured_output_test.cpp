// SPDX-License-Identifier: Apache-2.0
#include <sandbox/error.hpp>
#include <sandbox/output.hpp>

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace sandbox;

TEST_CASE("the head is kept and the rest counted") {
  CapturedOutput output(4);
  output.write(Stream::standard_output, "abc");
  output.write(Stream::standard_output, "def");
  CHECK(output.standard_output().bytes() == "abcd");
  CHECK(output.standard_output().total_bytes == 6);
  CHECK(output.standard_output().truncated());
  CHECK(output.standard_error().total_bytes == 0);
}

TEST_CASE("head and tail are kept byte by byte and in one piece alike") {
  CapturedOutput at_once(6, Keep::head_and_tail);
  CapturedOutput bytewise(6, Keep::head_and_tail);
  const std::string text = "0123456789";
  at_once.write(Stream::standard_error, text);
  for (const char c : text) {
    bytewise.write(Stream::standard_error, std::string_view(&c, 1));
  }
  CHECK(at_once.standard_error().head == "012");
  CHECK(at_once.standard_error().tail == "789");
  CHECK(bytewise.standard_error().head == "012");
  CHECK(bytewise.standard_error().tail == "789");
}

TEST_CASE("what fits is exact") {
  CapturedOutput output(6, Keep::head_and_tail);
  output.write(Stream::standard_output, "01234");
  CHECK(output.standard_output().bytes() == "01234");
  CHECK_FALSE(output.standard_output().truncated());
}

TEST_CASE("a descriptor that nobody reads is an error, not a signal") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  DescriptorSink sink(ends[1], ends[1]);
  CHECK_THROWS_AS(sink.write(Stream::standard_output, "x"), Error);
  ::close(ends[1]);
}
