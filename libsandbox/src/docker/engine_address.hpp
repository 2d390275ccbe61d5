// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace sandbox::docker {

/// Where an engine listens.
struct EngineAddress {
  enum class Kind : std::uint8_t { unix_socket, tcp };

  Kind kind{Kind::unix_socket};
  std::string path; // of the unix socket
  std::string host; // IPv6 addresses without brackets
  std::uint16_t port{};
  bool tls{};
  std::filesystem::path certificates; // directory of ca.pem, cert.pem and key.pem
  bool verify{true};                  // of the engine's certificate and host name
};

/// What `typed` says, as DOCKER_HOST is written: unix:///path, tcp://host[:port], http://,
/// https://. When empty: $DOCKER_HOST, else the first socket that exists of Docker's and podman's
/// usual ones. TLS follows DOCKER_TLS_VERIFY and DOCKER_CERT_PATH; only DOCKER_TLS asks for it
/// unverified. Throws Error(invalid_argument), and Error(unsupported) for ssh:// and the like.
EngineAddress engine_address(const std::string& typed);

/// For messages: "unix:///var/run/docker.sock".
std::string to_string(const EngineAddress& address);

} // namespace sandbox::docker
