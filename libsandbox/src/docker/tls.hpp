// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "docker/engine_address.hpp"
#include "os/made_here.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

namespace sandbox::docker {

/// TLS 1.2 or newer, as a client, over a nonblocking socket that somebody else owns. Never waits:
/// calls return the size, 0 at the end, -EAGAIN when `wanted()` says what to poll(2) for, or
/// -errno. Raises no SIGPIPE.
class TlsSession {
 public:
  /// Loads what the address's directory of certificates holds. Throws Error(invalid_config).
  TlsSession(int socket, const EngineAddress& address);

  long handshake() noexcept; // 1 when done
  long read(std::span<char> buffer) noexcept;
  long write(std::string_view bytes) noexcept;
  /// Tells the peer that nothing more comes; best effort.
  void finish() noexcept;

  short wanted() const noexcept { return wanted_; }
  /// Why the handshake failed, in OpenSSL's words.
  std::string failure() const;

 private:
  template <class Call>
  long run(Call call) noexcept;
  void load_certificates(const EngineAddress& address);
  void expect_host(const std::string& host);

  struct Free {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL* session) const noexcept { SSL_free(session); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> session_;
  short wanted_{};
  bool usable_{};
  os::MadeHere made_here_;
  unsigned long reason_{};
};

} // namespace sandbox::docker
