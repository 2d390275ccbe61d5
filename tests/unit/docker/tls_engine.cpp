// SPDX-License-Identifier: Apache-2.0
#include "unit/docker/tls_engine.hpp"

#include "os/system_error.hpp"
#include "os/write_all.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdio>
#include <string_view>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace sandbox::docker::test {
namespace {

void require(bool good, const char* what) {
  if (!good) {
    throw std::runtime_error(what);
  }
}

void extend(X509* certificate, X509* issuer, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
  require(extension != nullptr, "X509V3_EXT_conf_nid");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// Signed by `issuer`, or by itself when there is none.
Identity make_identity(const std::string& common_name, const Identity* issuer) {
  Identity made{std::unique_ptr<EVP_PKEY, FreeSsl>(EVP_EC_gen("P-256")),
                std::unique_ptr<X509, FreeSsl>(X509_new())};
  X509* certificate = made.certificate.get();
  static long serial = 0;
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate,
                       issuer != nullptr ? X509_get_subject_name(issuer->certificate.get()) : name);
  return made;
}

void sign(const Identity& made, const Identity& issuer) {
  require(X509_sign(made.certificate.get(), issuer.key.get(), EVP_sha256()) > 0, "X509_sign");
}

template <class Write>
void write_pem(const std::filesystem::path& path, Write write) {
  FILE* file = std::fopen(path.c_str(), "we");
  require(file != nullptr, "fopen");
  const bool written = write(file) == 1;
  std::fclose(file);
  require(written, "PEM_write");
}

} // namespace

Authority::Authority() : own_(make_identity("test authority", nullptr)) {
  X509* certificate = own_.certificate.get();
  extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  sign(own_, own_);
  write_pem(directory_ / "ca.pem", [&](FILE* file) { return PEM_write_X509(file, certificate); });
}

Identity Authority::issue(const std::string& names) const {
  Identity made = make_identity("test", &own_);
  extend(made.certificate.get(), certificate(), NID_subject_alt_name, names);
  sign(made, own_);
  return made;
}

void Authority::write_client(const Identity& client) const {
  write_pem(directory_ / "cert.pem",
            [&](FILE* file) { return PEM_write_X509(file, client.certificate.get()); });
  write_pem(directory_ / "key.pem", [&](FILE* file) {
    return PEM_write_PrivateKey(file, client.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

TlsEngine::TlsEngine(const Authority& authority, const Options& options)
    : identity_(authority.issue(options.names)), context_(SSL_CTX_new(TLS_server_method())),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  SSL_CTX_use_certificate(context_.get(), identity_.certificate.get());
  SSL_CTX_use_PrivateKey(context_.get(), identity_.key.get());
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority.certificate());
  if (options.wants_client) {
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  if (options.newest_protocol != 0) {
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), options.newest_protocol);
  }
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* raw = reinterpret_cast<sockaddr*>(&name);
  socklen_t size = sizeof name;
  os::check(::bind(listener_.get(), raw, size), "bind");
  os::check(::getsockname(listener_.get(), raw, &size), "getsockname");
  os::check(::listen(listener_.get(), 8), "listen");
  port_ = ntohs(name.sin_port);
  thread_ = std::thread([this] { serve(); });
}

TlsEngine::~TlsEngine() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
}

EngineAddress TlsEngine::address(const std::string& host, const Authority& trusted) const {
  EngineAddress address;
  address.kind = EngineAddress::Kind::tcp;
  address.host = host;
  address.port = port_;
  address.tls = true;
  address.certificates = trusted.directory();
  return address;
}

void TlsEngine::serve() const {
  const os::NoPipeSignal guard;
  for (;;) {
    const os::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) {
      return;
    }
    answer(socket.get());
  }
}

void TlsEngine::answer(int socket) const {
  const std::unique_ptr<SSL, FreeSsl> session(SSL_new(context_.get()));
  SSL_set_fd(session.get(), socket);
  std::string request;
  char part[4096];
  if (SSL_accept(session.get()) != 1) {
    return;
  }
  while (request.find("\r\n\r\n") == std::string::npos) {
    const int size = SSL_read(session.get(), part, sizeof part);
    if (size <= 0) {
      return;
    }
    request.append(part, static_cast<std::size_t>(size));
  }
  // Larger than a record, so that the client has to put it together.
  std::string answer = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 100000\r\n\r\n";
  answer.append(100'000, 'x');
  SSL_write(session.get(), answer.data(), static_cast<int>(answer.size()));
  SSL_shutdown(session.get());
}

} // namespace sandbox::docker::test
