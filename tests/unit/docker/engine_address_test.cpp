// SPDX-License-Identifier: Apache-2.0
#include "common/temporary_folder.hpp"
#include "docker/engine_address.hpp"
#include "unit/docker/expect_error.hpp"

#include <catch2/catch.hpp>

#include <stdlib.h>

#include <filesystem>
#include <initializer_list>
#include <map>
#include <optional>
#include <utility>

using sandbox::ErrorCode;
using sandbox::docker::engine_address;
using sandbox::docker::EngineAddress;
using sandbox::docker::test::expect_error;

namespace {

/// The variables that decide, empty but for those given; put back at the end.
class Variables {
 public:
  Variables(std::initializer_list<std::pair<const char*, const char*>> set) {
    for (const char* name : {"DOCKER_HOST", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH",
                             "XDG_RUNTIME_DIR"}) {
      const char* value = ::getenv(name);
      before_[name] = value != nullptr ? std::optional<std::string>(value) : std::nullopt;
      ::unsetenv(name);
    }
    for (const auto& [name, value] : set) {
      ::setenv(name, value, 1);
    }
  }
  Variables(const Variables&) = delete;
  Variables& operator=(const Variables&) = delete;
  ~Variables() {
    for (const auto& [name, value] : before_) {
      value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str());
    }
  }

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

} // namespace

TEST_CASE("an engine's address is a unix socket or a TCP port") {
  const Variables none{};
  CHECK(engine_address("unix:///a/b.sock").path == "/a/b.sock");
  const EngineAddress tcp = engine_address("tcp://example.org:99");
  CHECK(tcp.kind == EngineAddress::Kind::tcp);
  CHECK(tcp.host == "example.org");
  CHECK(tcp.port == 99);
  CHECK_FALSE(tcp.tls);
  CHECK(engine_address("tcp://localhost").port == 2375);
  CHECK(engine_address("http://localhost/").port == 2375);
  CHECK(engine_address("https://localhost").port == 2376);
  CHECK(engine_address("https://localhost").tls);
  CHECK(engine_address("https://localhost").verify);
  CHECK(engine_address("tcp://[::1]:77").host == "::1");
  CHECK(to_string(engine_address("tcp://[::1]:77")) == "tcp://[::1]:77");
  CHECK(to_string(engine_address("https://h")) == "https://h:2376");
  CHECK(to_string(engine_address("unix:///a")) == "unix:///a");
}

TEST_CASE("malformed addresses of engines are refused") {
  const Variables none{};
  for (const char* typed : {"docker",          "/var/run/docker.sock",
                            "unix://",         "unix://relative",
                            "unix:///a\nb",    "tcp://",
                            "tcp://:1",        "tcp://h:",
                            "tcp://h:0",       "tcp://h:65536",
                            "tcp://h:-1",      "tcp://h:1x",
                            "tcp://h:+1",      "tcp://h:1/path",
                            "tcp://user@h:1",  "tcp://h h",
                            "tcp://h\r\nX: y", "tcp://[::1",
                            "tcp://[::1]x:1",  "tcp://[nothing]:1",
                            "tcp://[]",        "ftp://h",
                            "TCP://h"}) {
    CAPTURE(typed);
    expect_error(ErrorCode::invalid_argument, "engine address", [&] { engine_address(typed); });
  }
  const std::string longest(107, 'a');
  CHECK_NOTHROW(engine_address("unix:///" + longest.substr(1)));
  CHECK_THROWS(engine_address("unix:///" + longest));
}

TEST_CASE("addresses that need another program are refused with the way round") {
  const Variables none{};
  expect_error(ErrorCode::unsupported, "ssh -NL", [] { engine_address("ssh://host"); });
  expect_error(ErrorCode::unsupported, "npipe", [] { engine_address("npipe:////./pipe/x"); });
  expect_error(ErrorCode::unsupported, "fd", [] { engine_address("fd://"); });
}

TEST_CASE("DOCKER_HOST is used when nothing was typed") {
  const Variables set{{"DOCKER_HOST", "tcp://h:1"}};
  CHECK(engine_address("").host == "h");
  CHECK(engine_address("unix:///x").path == "/x");
}

TEST_CASE("without DOCKER_HOST a socket that exists is taken") {
  const common::TemporaryFolder runtime("runtime");
  const Variables set{{"XDG_RUNTIME_DIR", runtime.path().c_str()}};
  const bool rootful = std::filesystem::exists("/var/run/docker.sock");
  const bool podman = std::filesystem::exists("/run/podman/podman.sock");
  if (!rootful && !podman) {
    CHECK(engine_address("").path == "/var/run/docker.sock");
  }
  const std::string rootless = runtime / "docker.sock";
  std::filesystem::create_directory(rootless);
  CHECK(engine_address("").path == (rootful ? "/var/run/docker.sock" : rootless));
}

TEST_CASE("TLS follows Docker's variables, and is never unverified unasked") {
  {
    const Variables set{{"DOCKER_TLS_VERIFY", "1"}, {"DOCKER_CERT_PATH", "/certs"}};
    const EngineAddress address = engine_address("tcp://h");
    CHECK(address.tls);
    CHECK(address.verify);
    CHECK(address.port == 2376);
    CHECK(address.certificates == "/certs");
    CHECK_FALSE(engine_address("unix:///x").tls);
    CHECK_THROWS(engine_address("http://h"));
  }
  {
    const Variables set{{"DOCKER_CERT_PATH", "/certs"}};
    CHECK(engine_address("tcp://h").tls);
    CHECK(engine_address("tcp://h").verify);
  }
  {
    const Variables set{{"DOCKER_TLS", "1"}};
    CHECK(engine_address("tcp://h").tls);
    CHECK_FALSE(engine_address("tcp://h").verify);
    CHECK(engine_address("tcp://h").certificates.filename() == ".docker");
  }
}
