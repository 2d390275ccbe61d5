// SPDX-License-Identifier: Apache-2.0
#include "common/temporary_folder.hpp"
#include "docker/images.hpp"
#include "unit/docker/expect_error.hpp"
#include "unit/docker/fake_engine.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace sandbox::docker;
using namespace sandbox::docker::test;
using namespace std::chrono_literals;
using sandbox::ErrorCode;
using sandbox::ImageProgress;
using sandbox::Images;

namespace {

const std::string there =
    R"({"Id":"sha256:ab","Size":42,"Created":"2026-01-02T03:04:05Z","Config":{}})";

std::string refusal(const std::string& status, const std::string& message) {
  const std::string body = R"({"message":")" + message + "\"}";
  return "HTTP/1.1 " + status + " No\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

/// Everything but the images is answered by the first script.
Images images_of(const FakeEngine& fake) {
  return Images(to_string(fake.address()), 5s);
}

/// A Dockerfile that lives as long as this.
class DockerfileOf {
 public:
  explicit DockerfileOf(const std::string& text) { std::ofstream(path()) << text; }
  std::filesystem::path path() const { return folder_ / "any.Dockerfile"; }

 private:
  common::TemporaryFolder folder_{"images"};
};

} // namespace

TEST_CASE("an image is found by its name, or is not there") {
  FakeEngine fake({pong(), answers(ok(there)), answers(refusal("404", "No such image: x:latest"))});
  const Images images = images_of(fake);
  const auto found = images.find("libsandbox/python");
  REQUIRE(found);
  CHECK(found->name == "libsandbox/python");
  CHECK(found->id == "sha256:ab");
  CHECK(found->size_bytes == 42);
  CHECK(found->created == "2026-01-02T03:04:05Z");
  CHECK_FALSE(images.find("x"));
  CHECK_THAT(fake.await_requests(2).at(1),
             Catch::StartsWith("GET /v1.41/images/libsandbox/python/json HTTP/1.1\r\n"));
}

TEST_CASE("an answer about an image that makes no sense is an engine's fault") {
  const std::string body = GENERATE("{}", "[]", "7", R"({"Id":7})", "nonsense");
  FakeEngine fake({pong(), answers(ok(body))});
  expect_error(ErrorCode::backend_lost, "", [&] { images_of(fake).find("x"); });
}

TEST_CASE("odd fields of an image do no harm") {
  FakeEngine fake({pong(), answers(ok(R"({"Id":"\u001b[2J","Size":-1,"Created":[]})"))});
  const auto found = images_of(fake).find("x");
  REQUIRE(found);
  CHECK(found->id == "?[2J");
  CHECK(found->size_bytes == 0);
  CHECK(found->created.empty());
}

TEST_CASE("what is no name of an image reaches no engine") {
  FakeEngine fake({pong()});
  const Images images = images_of(fake);
  const std::string name =
      GENERATE("", "A", "../x", "x y", "x?a=b", "x\r\nHost: evil", "x@sha256:12", "x:");
  expect_error(ErrorCode::invalid_argument, "image", [&] { images.find(name); });
  expect_error(ErrorCode::invalid_argument, "image", [&] { images.pull(name); });
  expect_error(ErrorCode::invalid_argument, "image", [&] { images.build(name, "/dev/null"); });
  expect_error(ErrorCode::invalid_argument, "image", [&] { images.remove(name); });
  CHECK(fake.requests().empty());
}

TEST_CASE("a pull names one tag or digest") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  const auto [name, image, tag] = GENERATE_COPY(table<std::string, std::string, std::string>({
      {"debian", "debian", "latest"},
      {"debian:12", "debian", "12"},
      {"localhost:5000/a/b", "localhost:5000/a/b", "latest"},
      {"localhost:5000/a/b:x", "localhost:5000/a/b", "x"},
      {"debian@" + digest, "debian", digest},
      {"debian:12@" + digest, "debian", digest},
  }));
  const PullTarget target = pull_target(name);
  CHECK(target.image == image);
  CHECK(target.tag == tag);
}

TEST_CASE("a pull tells how far it has come, and what came of it") {
  FakeEngine fake(
      {pong(),
       answers(ok("{\"status\":\"Pulling from a/b\",\"id\":\"1\"}\n"
                  "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":3,\"total\":10},"
                  "\"id\":\"l\"}\n")),
       answers(ok(there))});
  std::vector<std::string> steps;
  const auto pulled = images_of(fake).pull("a/b:1", [&](const ImageProgress& progress) {
    steps.push_back(progress.step + " " + std::to_string(progress.current));
  });
  REQUIRE(pulled);
  CHECK(pulled->id == "sha256:ab");
  CHECK(steps == std::vector<std::string>{"Pulling from a/b 0", "downloading 3"});
  CHECK_THAT(fake.await_requests(2).at(1),
             Catch::StartsWith("POST /v1.41/images/create?fromImage=a%2Fb&tag=1 HTTP/1.1\r\n"));
}

TEST_CASE("errors stand in the stream of an answer that began well") {
  const auto [line, text] = GENERATE(table<const char*, const char*>({
      {R"({"errorDetail":{"message":"manifest unknown"},"error":"short"})", "manifest unknown"},
      {R"({"error":"no space left\u001b[2J"})", "no space left?[2J"},
      {R"({"errorDetail":{}})", "does not say why"},
      {R"({"error":7})", "does not say why"},
  }));
  FakeEngine fake({pong(), answers(ok(std::string(line) + "\n"))});
  const DockerfileOf file("FROM x\n");
  expect_error(ErrorCode::setup_failed, text, [&, &fake = fake] { images_of(fake).pull("x"); });
  FakeEngine again({pong(), answers(ok(std::string(line) + "\n"))});
  expect_error(ErrorCode::setup_failed, text, [&] { images_of(again).build("x", file.path()); });
}

TEST_CASE("a success that leaves no image is none") {
  FakeEngine fake({pong(), answers(ok("{}\n")), answers(refusal("404", "No such image"))});
  expect_error(ErrorCode::backend_lost, "no such image", [&] { images_of(fake).pull("x"); });
}

TEST_CASE("a pull that is refused tells why") {
  FakeEngine fake({pong(), answers(refusal("404", "pull access denied for x"))});
  expect_error(ErrorCode::not_found, "pull access denied", [&] { images_of(fake).pull("x"); });
}

TEST_CASE("a stop ends a pull promptly") {
  FakeEngine fake(
      {pong(), {request(), send("HTTP/1.1 200 OK\r\n\r\n{\"status\":\"a\"}\n"), hold()}});
  std::stop_source stop;
  const Stopwatch watch;
  CHECK_FALSE(images_of(fake).pull(
      "x", [&](const ImageProgress&) { stop.request_stop(); }, stop.get_token()));
  CHECK(watch.elapsed_ms() < 3000);
}

TEST_CASE("a build sends the Dockerfile alone, and tells its steps") {
  FakeEngine fake(
      {pong(),
       answers(ok("{\"stream\":\"Step 1/2 : FROM x\"}\n{\"stream\":\"\\n ---> 12\\n\"}\n"
                  "{\"stream\":\"Step 2/2 : LABEL a=b\\n\"}\n")),
       answers(ok(there))});
  const DockerfileOf file("FROM x\nLABEL a=b\n");
  std::vector<std::string> steps;
  const auto built =
      images_of(fake).build("a/b", file.path(), {.host_network = true, .no_cache = true},
                            [&](const ImageProgress& progress) { steps.push_back(progress.step); });
  CHECK(built);
  CHECK(steps == std::vector<std::string>{"Step 1/2 : FROM x", "Step 2/2 : LABEL a=b"});
  const std::string sent = fake.await_requests(2).at(1);
  CHECK_THAT(sent, Catch::StartsWith("POST /v1.41/build?t=a%2Fb&dockerfile=Dockerfile&rm=1&"
                                     "forcerm=1&networkmode=host&nocache=1 HTTP/1.1\r\n"));
  CHECK_THAT(sent, Catch::Contains("\r\nContent-Type: application/x-tar\r\n"));
  CHECK_THAT(sent, Catch::Contains("FROM x\nLABEL a=b\n"));
  CHECK_THAT(sent, !Catch::Contains("any.Dockerfile"));
}

TEST_CASE("a build that fails repeats what it printed last") {
  FakeEngine fake(
      {pong(), answers(ok("{\"stream\":\"Step 1/1 : RUN make\\n ---> Running in 12\\n\"}"
                          "\n{\"stream\":\"one\\ntwo\\nthree\\nno rule\\u001b\\n\"}\n"
                          "{\"error\":\"code: 2\"}\n"))});
  const DockerfileOf file("FROM x\n");
  expect_error(ErrorCode::setup_failed, "code: 2; it printed last: two | three | no rule?",
               [&] { images_of(fake).build("x", file.path()); });
}

TEST_CASE("a Dockerfile that cannot be read is named") {
  FakeEngine fake({pong()});
  expect_error(ErrorCode::not_found, "/no/such.Dockerfile",
               [&] { images_of(fake).build("x", "/no/such.Dockerfile"); });
  expect_error(ErrorCode::not_found, "regular", [&] { images_of(fake).build("x", "/dev/zero"); });
  CHECK(fake.requests().empty());
}

TEST_CASE("an image is removed, or the engine says why not") {
  const auto [answer, code, text] = GENERATE(table<std::string, ErrorCode, std::string>({
      {refusal("404", "No such image"), ErrorCode::not_found, "is not there"},
      {refusal("409", "conflict: it is being used"), ErrorCode::setup_failed, "being used"},
      {refusal("500", "disk"), ErrorCode::setup_failed, "disk"},
  }));
  FakeEngine removed({pong(), answers(ok("[]"))});
  images_of(removed).remove("a/b");
  CHECK_THAT(removed.await_requests(2).at(1),
             Catch::StartsWith("DELETE /v1.41/images/a/b HTTP/1.1\r\n"));
  FakeEngine fake({pong(), answers(answer)});
  expect_error(code, text, [&, &fake = fake] { images_of(fake).remove("x"); });
}

TEST_CASE("a silent engine costs no more than the patience") {
  FakeEngine fake({{hold()}});
  const Images images(to_string(fake.address()), 200ms);
  const Stopwatch watch;
  expect_error(ErrorCode::backend_lost, "in time", [&] { images.ping(); });
  CHECK(watch.elapsed_ms() < 3000);
}
