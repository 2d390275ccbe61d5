// SPDX-License-Identifier: Apache-2.0
#include "wire/codec.hpp"
#include "wire/frame.hpp"
#include "wire/messages.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sandbox::wire;

namespace {

template <class Message>
std::string encode(Message message) {
  Writer measure;
  message.fields(measure);
  std::string bytes(measure.size(), '\0');
  Writer writer(bytes.data(), bytes.size());
  message.fields(writer);
  return bytes;
}

std::string frame(std::uint32_t size, std::uint16_t type, std::uint16_t reserved,
                  const std::string& payload) {
  const FrameHeader header{size, static_cast<FrameType>(type), reserved};
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) + payload;
}

} // namespace

TEST_CASE("a message comes back as it was written") {
  Failed failed;
  failed.kind = Failure::not_found;
  failed.step = "open";
  failed.subject = "a name";
  failed.error = 2;
  const std::string bytes = encode(failed);
  Failed read;
  REQUIRE(decode(bytes, read));
  CHECK(read.kind == Failure::not_found);
  CHECK(read.step == "open");
  CHECK(read.subject == "a name");
  CHECK(read.error == 2);
}

TEST_CASE("a message that is cut short anywhere, or too long, is refused") {
  Run run;
  run.argv = {2, std::string_view("a\0b\0", 4)};
  run.filter = "12345678";
  const std::string bytes = encode(run);
  Run read;
  REQUIRE(decode(bytes, read));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_FALSE(decode(std::string_view(bytes).substr(0, size), read));
  }
  CHECK_FALSE(decode(bytes + "x", read));
}

TEST_CASE("a text that lies about its length is refused") {
  std::string bytes = encode(GetFile{"name", 1});
  bytes[0] = '\xff';
  bytes[3] = '\xff';
  GetFile read;
  CHECK_FALSE(decode(bytes, read));
}

TEST_CASE("a text with a NUL, and a list whose count is wrong, are refused") {
  GetFile get;
  CHECK_FALSE(decode(encode(GetFile{std::string_view("a\0b", 3), 1}), get));
  Run run;
  run.argv = {3, std::string_view("a\0b\0", 4)};
  Run read;
  CHECK_FALSE(decode(encode(run), read));
  run.argv = {1, "a"};
  CHECK_FALSE(decode(encode(run), read));
}

TEST_CASE("frames are taken one after the other, and only whole") {
  const std::string two = frame(3, 1, 0, "abc") + frame(0, 2, 0, "");
  std::string_view bytes = two;
  Frame taken;
  REQUIRE(next_frame(bytes, taken) == Next::frame);
  CHECK(taken.payload == "abc");
  REQUIRE(next_frame(bytes, taken) == Next::frame);
  CHECK(taken.payload.empty());
  CHECK(next_frame(bytes, taken) == Next::incomplete);
  bytes = std::string_view(two).substr(0, 10);
  CHECK(next_frame(bytes, taken) == Next::incomplete);
}

TEST_CASE("a header beyond the bounds breaks the stream") {
  Frame taken;
  const std::string large = frame(0xFFFFFFFF, 1, 0, "");
  const std::string reserved = frame(0, 1, 7, "");
  std::string_view bytes = large;
  CHECK(next_frame(bytes, taken) == Next::broken);
  bytes = reserved;
  CHECK(next_frame(bytes, taken) == Next::broken);
}
