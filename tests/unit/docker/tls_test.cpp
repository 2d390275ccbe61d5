// SPDX-License-Identifier: Apache-2.0
#include "docker/engine.hpp"
#include "docker/tls.hpp"
#include "unit/docker/expect_error.hpp"
#include "unit/docker/fake_engine.hpp"
#include "unit/docker/tls_engine.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace sandbox::docker;
using namespace sandbox::docker::test;
using namespace std::chrono_literals;
using sandbox::ErrorCode;

TEST_CASE("an engine behind TLS is reached by name and by address") {
  const Authority authority;
  const TlsEngine server(authority, {});
  const std::string host = GENERATE("localhost", "127.0.0.1");
  const Engine engine(server.address(host, authority));
  CHECK(engine.call({Verb::get, "/info"}).body == std::string(100'000, 'x'));
}

TEST_CASE("an engine whose certificate another authority signed is refused") {
  const Authority authority;
  const Authority other;
  const TlsEngine server(authority, {});
  expect_error(ErrorCode::setup_failed, "ca.pem",
               [&] { Engine(server.address("localhost", other)).api_version(); });
  EngineAddress unverified = server.address("localhost", other);
  unverified.verify = false;
  CHECK(Engine(unverified).api_version() == "1.41");
}

TEST_CASE("an engine whose certificate is for another host is refused") {
  const Authority authority;
  const TlsEngine server(authority, {"DNS:other.example"});
  expect_error(ErrorCode::setup_failed, "hostname mismatch",
               [&] { Engine(server.address("localhost", authority)).api_version(); });
  expect_error(ErrorCode::setup_failed, "IP address mismatch",
               [&] { Engine(server.address("127.0.0.1", authority)).api_version(); });
}

TEST_CASE("an engine that wants a certificate of its client gets it") {
  const Authority authority;
  const TlsEngine server(authority, {.wants_client = true});
  const EngineAddress address = server.address("localhost", authority);
  CHECK_THROWS_AS(Engine(address).api_version(), sandbox::Error);
  authority.write_client(authority.issue("DNS:client"));
  CHECK(Engine(address).api_version() == "1.41");
}

TEST_CASE("files that are no certificates are named") {
  const Authority authority;
  const TlsEngine server(authority, {});
  const std::string file = GENERATE("ca.pem", "cert.pem", "key.pem");
  authority.write_client(authority.issue("DNS:client"));
  std::ofstream(authority.directory() / file) << "nothing";
  expect_error(ErrorCode::invalid_config, file,
               [&] { Engine(server.address("localhost", authority)).api_version(); });
}

TEST_CASE("TLS 1.1 is too old") {
  const Authority authority;
  const TlsEngine server(authority, {.newest_protocol = TLS1_1_VERSION});
  expect_error(ErrorCode::setup_failed, "protocol version",
               [&] { Engine(server.address("localhost", authority)).api_version(); });
}

TEST_CASE("an engine without TLS, silent or gone, does not hang a handshake") {
  const Authority authority;
  struct Case {
    Script script;
    ErrorCode code;
  };
  const auto [script, code] = GENERATE(
      Case{{hold()}, ErrorCode::backend_lost}, Case{{}, ErrorCode::setup_failed},
      Case{{receive(), send("HTTP/1.1 400 Bad Request\r\n\r\n"), hold()}, ErrorCode::setup_failed});
  FakeEngine fake(std::vector<Script>{script}, FakeEngine::Transport::tcp);
  EngineAddress address = fake.address();
  address.tls = true;
  address.certificates = authority.directory();
  const auto patience = code == ErrorCode::backend_lost ? 200ms : 30s;
  const Stopwatch watch;
  expect_error(code, "TLS", [&] { connect(address, Deadline::clock::now() + patience); });
  CHECK(watch.elapsed_ms() < 10'000);
}
