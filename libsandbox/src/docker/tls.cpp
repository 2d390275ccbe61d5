// SPDX-License-Identifier: Apache-2.0
#include "docker/tls.hpp"

#include "os/write_all.hpp"

#include <sandbox/error.hpp>

#include <arpa/inet.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace sandbox::docker {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& what) {
  ERR_clear_error();
  throw Error(ErrorCode::invalid_config, "TLS", what,
              "DOCKER_CERT_PATH must name a directory with ca.pem, cert.pem and key.pem");
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_ip_address(const std::string& host) {
  in6_addr parsed{};
  return ::inet_pton(AF_INET, host.c_str(), &parsed) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &parsed) == 1;
}

} // namespace

TlsSession::TlsSession(int socket, const EngineAddress& address)
    : context_(SSL_CTX_new(TLS_client_method())) {
  if (!context_ || SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION) != 1) {
    refuse("OpenSSL has no TLS 1.2");
  }
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_AUTO_RETRY |
                                       SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context_.get(), address.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  load_certificates(address);
  session_.reset(SSL_new(context_.get()));
  if (!session_ || SSL_set_fd(session_.get(), socket) != 1) {
    throw Error(ErrorCode::resource, "TLS", "OpenSSL has no memory for a session");
  }
  expect_host(address.host);
}

void TlsSession::load_certificates(const EngineAddress& address) {
  const fs::path authority = address.certificates / "ca.pem";
  const fs::path certificate = address.certificates / "cert.pem";
  const fs::path key = address.certificates / "key.pem";
  if (is_there(authority)) {
    if (SSL_CTX_load_verify_locations(context_.get(), authority.c_str(), nullptr) != 1) {
      refuse("cannot use " + authority.string());
    }
  } else {
    SSL_CTX_set_default_verify_paths(context_.get());
  }
  if (!is_there(certificate) && !is_there(key)) {
    return;
  }
  if (SSL_CTX_use_certificate_chain_file(context_.get(), certificate.c_str()) != 1) {
    refuse("cannot use " + certificate.string());
  }
  if (SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    refuse("cannot use " + key.string());
  }
}

void TlsSession::expect_host(const std::string& host) {
  SSL_set_hostflags(session_.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const bool set =
      is_ip_address(host)
          ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session_.get()), host.c_str()) == 1
          : SSL_set1_host(session_.get(), host.c_str()) == 1 &&
                SSL_set_tlsext_host_name(session_.get(), host.c_str()) == 1;
  if (!set) {
    refuse("OpenSSL does not take the host's name");
  }
}

template <class Call>
long TlsSession::run(Call call) noexcept {
  const os::NoPipeSignal guard;
  ERR_clear_error();
  errno = 0;
  const int result = call();
  const int error = errno;
  if (result > 0) {
    return result;
  }
  switch (SSL_get_error(session_.get(), result)) {
  case SSL_ERROR_WANT_READ:
    wanted_ = POLLIN;
    return -EAGAIN;
  case SSL_ERROR_WANT_WRITE:
    wanted_ = POLLOUT;
    return -EAGAIN;
  case SSL_ERROR_ZERO_RETURN:
    return 0;
  default:
    usable_ = false;
    reason_ = ERR_peek_error();
    ERR_clear_error();
    return error != 0 ? -error : -ECONNRESET;
  }
}

long TlsSession::handshake() noexcept {
  const long result = run([this] { return SSL_connect(session_.get()); });
  usable_ = result == 1;
  return result;
}

long TlsSession::read(std::span<char> buffer) noexcept {
  const int size = static_cast<int>(std::min<std::size_t>(buffer.size(), 1 << 20));
  return run([&] { return SSL_read(session_.get(), buffer.data(), size); });
}

long TlsSession::write(std::string_view bytes) noexcept {
  const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20));
  return run([&] { return SSL_write(session_.get(), bytes.data(), size); });
}

void TlsSession::finish() noexcept {
  if (usable_ && made_here_) {
    run([this] { return SSL_shutdown(session_.get()); });
  }
}

std::string TlsSession::failure() const {
  if (const long verdict = SSL_get_verify_result(session_.get()); verdict != X509_V_OK) {
    return X509_verify_cert_error_string(verdict);
  }
  const char* reason = ERR_reason_error_string(reason_);
  return reason != nullptr ? reason : "the connection was closed";
}

} // namespace sandbox::docker
