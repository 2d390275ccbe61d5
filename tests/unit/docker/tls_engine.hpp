// SPDX-License-Identifier: Apache-2.0
//
// Certificates made for one test, and an engine that uses them on a TCP port of the loopback.
#pragma once

#include "common/temporary_folder.hpp"
#include "docker/engine_address.hpp"
#include "os/fd.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <openssl/ssl.h>

namespace sandbox::docker::test {

struct FreeSsl {
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL* session) const noexcept { SSL_free(session); }
};

struct Identity {
  std::unique_ptr<EVP_PKEY, FreeSsl> key;
  std::unique_ptr<X509, FreeSsl> certificate;
};

/// Signs certificates, and keeps a directory as DOCKER_CERT_PATH wants it.
class Authority {
 public:
  Authority();

  /// `names` as in subjectAltName: "DNS:localhost,IP:127.0.0.1".
  Identity issue(const std::string& names) const;
  /// Puts cert.pem and key.pem beside ca.pem.
  void write_client(const Identity& client) const;
  const std::filesystem::path& directory() const noexcept { return directory_.path(); }
  X509* certificate() const noexcept { return own_.certificate.get(); }

 private:
  common::TemporaryFolder directory_{"authority"};
  Identity own_;
};

/// Answers every request as GET /_ping of API 1.41.
class TlsEngine {
 public:
  struct Options {
    std::string names{"DNS:localhost,IP:127.0.0.1"};
    bool wants_client{};
    int newest_protocol{};
  };
  TlsEngine(const Authority& authority, const Options& options);
  TlsEngine(const TlsEngine&) = delete;
  TlsEngine& operator=(const TlsEngine&) = delete;
  ~TlsEngine();

  EngineAddress address(const std::string& host, const Authority& trusted) const;

 private:
  void serve() const;
  void answer(int socket) const;

  Identity identity_;
  std::unique_ptr<SSL_CTX, FreeSsl> context_;
  os::Fd listener_;
  std::uint16_t port_{};
  std::thread thread_;
};

} // namespace sandbox::docker::test
