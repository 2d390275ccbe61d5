// SPDX-License-Identifier: Apache-2.0
#include "docker/names.hpp"

#include <sandbox/error.hpp>

#include <catch2/catch.hpp>

using namespace std::string_literals;
using namespace sandbox::docker;
using sandbox::Error;

namespace {

const std::vector<std::string> hostile{
    "",    ".",        "..",       "a/../b", "a b", "a\r\nb", "a\nb", "a\0b"s, "a?b=c", "a%2fb",
    "a#b", "\xc3\xa4", "a\x1b[2J", "a\\b",   "/a",  "a/",     "a//b", "-a",    "{}",    "$(id)"};

} // namespace

TEST_CASE("ids of containers") {
  CHECK_NOTHROW(validate_container_id("0123456789ab"));
  CHECK_NOTHROW(validate_container_id(std::string(64, 'f')));
  for (const std::string& id : {"0123456789a"s, std::string(65, 'a'), "0123456789AB"s,
                                "0123456789ag"s, "0123456789ab\n"s, "0123456789ab/attach"s}) {
    CAPTURE(id);
    CHECK_THROWS_AS(validate_container_id(id), Error);
  }
  for (const std::string& id : hostile) {
    CAPTURE(id);
    CHECK_THROWS_AS(validate_container_id(id), Error);
  }
}

TEST_CASE("names of images") {
  const std::string digest = "@sha256:" + std::string(64, 'a');
  for (const std::string& image :
       {"debian"s, "debian:12"s, "library/debian:bookworm-slim"s, "ghcr.io/o/r:v1"s,
        "localhost:5000/a/b"s, "a.b_c__d---e"s, "debian" + digest, "r.example/a:t" + digest,
        "[::1]:5000/a"s, "HOST/a"s, "a:"s + std::string(128, 't'), std::string(255, 'a'),
        "sha256:" + std::string(64, 'b')}) {
    CAPTURE(image);
    CHECK_NOTHROW(validate_image(image));
  }
  for (const std::string& image : {"Debian"s,
                                   "a:"s,
                                   "a:-t"s,
                                   "a:t:t"s,
                                   "a@"s,
                                   "a@sha256"s,
                                   "a@sha256:12"s,
                                   "a___b"s,
                                   "a._b"s,
                                   "a-"s,
                                   "_a"s,
                                   "h:/a"s,
                                   "h:x/a"s,
                                   ":5000/a"s,
                                   "a:"s + std::string(129, 't'),
                                   std::string(256, 'a'),
                                   "https://h/a"s,
                                   digest,
                                   "a:t\n"s,
                                   "a:t "s}) {
    CAPTURE(image);
    CHECK_THROWS_AS(validate_image(image), Error);
  }
  for (const std::string& image : hostile) {
    CAPTURE(image);
    CHECK_THROWS_AS(validate_image(image), Error);
  }
}

TEST_CASE("names of volumes are no paths") {
  for (const char* volume : {"ab", "libsandbox-init.1_x", "A9"}) {
    CHECK_NOTHROW(validate_volume(volume));
  }
  for (const std::string& volume :
       {"a"s, ".ab"s, "a..b"s, "/etc"s, "a:ro"s, std::string(256, 'a')}) {
    CAPTURE(volume);
    CHECK_THROWS_AS(validate_volume(volume), Error);
  }
  for (const std::string& volume : hostile) {
    CAPTURE(volume);
    CHECK_THROWS_AS(validate_volume(volume), Error);
  }
}

TEST_CASE("paths of requests") {
  for (const char* path : {"/_ping", "/containers/a%20b/json", "/images/h:5000/a:t@sha256:1/json",
                           "/a/...", "/a/%2E%2Eb"}) {
    CHECK_NOTHROW(validate_path(path));
  }
  for (const std::string& path : {""s,
                                  "a"s,
                                  "/"s,
                                  "/a/"s,
                                  "//a"s,
                                  "/a/../b"s,
                                  "/a/."s,
                                  "/a/%2E%2E/b"s,
                                  "/a/.%2E"s,
                                  "/a?b"s,
                                  "/a#b"s,
                                  "/a b"s,
                                  "/a\r\nHost: x"s,
                                  "/a\0"s,
                                  "/a%"s,
                                  "/a%2"s,
                                  "/a%2x"s,
                                  "/a%2e"s,
                                  "/\xff"s,
                                  "/" + std::string(4096, 'a')}) {
    CAPTURE(path);
    CHECK_THROWS_AS(validate_path(path), Error);
  }
}

TEST_CASE("everything but unreserved characters is encoded") {
  CHECK(encode_segment("aZ09-._~") == "aZ09-._~");
  CHECK(encode_segment("a/b?c=d&e%\r\n\0"s) == "a%2Fb%3Fc%3Dd%26e%25%0D%0A%00");
  CHECK(encode_segment("{\"label\":[\"x\"]}") == "%7B%22label%22%3A%5B%22x%22%5D%7D");
  CHECK(encode_segment("\xc3\xa4+ ") == "%C3%A4%2B%20");
}
