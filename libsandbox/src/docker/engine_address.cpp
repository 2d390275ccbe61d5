// SPDX-License-Identifier: Apache-2.0
#include "docker/engine_address.hpp"

#include <sandbox/error.hpp>

#include <fmt/format.h>

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace sandbox::docker {
namespace {

constexpr std::uint16_t plain_port = 2375;
constexpr std::uint16_t tls_port = 2376;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string usual_socket() {
  std::vector<std::string> candidates{"/var/run/docker.sock"};
  if (const std::string runtime = environment("XDG_RUNTIME_DIR"); runtime.starts_with('/')) {
    candidates.push_back(runtime + "/docker.sock");
    candidates.push_back(runtime + "/podman/podman.sock");
  }
  candidates.emplace_back("/run/podman/podman.sock");
  const auto found = std::find_if(candidates.begin(), candidates.end(), [](const auto& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
  });
  return found != candidates.end() ? *found : candidates.front();
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::invalid_argument, "engine address", why,
              "write unix:///path or tcp://host:port");
}

std::string unix_path(std::string_view rest) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (!rest.starts_with('/') || std::any_of(rest.begin(), rest.end(), is_control)) {
    refuse("a unix socket needs an absolute path");
  }
  if (rest.size() >= sizeof(sockaddr_un::sun_path)) {
    refuse(fmt::format("the path of a unix socket has at most {} bytes",
                       sizeof(sockaddr_un::sun_path) - 1));
  }
  return std::string(rest);
}

void validate_host(const std::string& host, bool bracketed) {
  in6_addr parsed{};
  if (bracketed) {
    if (::inet_pton(AF_INET6, host.c_str(), &parsed) != 1) {
      refuse("what stands in brackets is no IPv6 address");
    }
    return;
  }
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  if (host.empty() || host.size() > 253 || !std::all_of(host.begin(), host.end(), is_plain)) {
    refuse("the host's name is missing or malformed");
  }
}

std::uint16_t parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end || port == 0) {
    refuse("the port is a number from 1 to 65535");
  }
  return port;
}

void set_authority(EngineAddress& address, std::string_view rest) {
  if (rest.ends_with('/')) {
    rest.remove_suffix(1);
  }
  const bool bracketed = rest.starts_with('[');
  const std::size_t close = bracketed ? rest.find(']') : 0;
  if (close == std::string_view::npos) {
    refuse("an IPv6 address lacks its closing bracket");
  }
  const std::size_t colon = rest.find(':', close);
  const std::string_view host = rest.substr(0, colon);
  if (bracketed && host.size() != close + 1) {
    refuse("only a port may follow an IPv6 address");
  }
  address.host = bracketed ? host.substr(1, close - 1) : host;
  validate_host(address.host, bracketed);
  address.port = colon != std::string_view::npos ? parse_port(rest.substr(colon + 1))
                 : address.tls                   ? tls_port
                                                 : plain_port;
}

void set_tls(EngineAddress& address, std::string_view scheme) {
  const bool verify = !environment("DOCKER_TLS_VERIFY").empty();
  const bool unverified = !verify && !environment("DOCKER_TLS").empty();
  const std::string directory = environment("DOCKER_CERT_PATH");
  if (scheme == "http") {
    if (verify) {
      refuse("http:// contradicts DOCKER_TLS_VERIFY");
    }
    return;
  }
  // Whoever names certificates means TLS: never fall back to clear text.
  address.tls = scheme == "https" || verify || unverified || !directory.empty();
  address.verify = !unverified;
  if (address.tls) {
    address.certificates = !directory.empty() ? directory : environment("HOME") + "/.docker";
  }
}

} // namespace

EngineAddress engine_address(const std::string& typed) {
  std::string text = !typed.empty() ? typed : environment("DOCKER_HOST");
  if (text.empty()) {
    text = "unix://" + usual_socket();
  }
  const std::size_t colon = text.find("://");
  if (colon == std::string::npos) {
    refuse("it has no scheme");
  }
  const std::string scheme = text.substr(0, colon);
  const std::string_view rest = std::string_view(text).substr(colon + 3);
  EngineAddress address;
  if (scheme == "unix") {
    address.path = unix_path(rest);
    return address;
  }
  if (scheme == "ssh") {
    throw Error(ErrorCode::unsupported, "engine address", "ssh:// is not supported",
                "forward the socket: ssh -NL /tmp/docker.sock:/var/run/docker.sock HOST, and set "
                "DOCKER_HOST=unix:///tmp/docker.sock");
  }
  if (scheme == "npipe" || scheme == "fd") {
    throw Error(ErrorCode::unsupported, "engine address", scheme + ":// is not supported",
                "use unix:///path or tcp://host:port");
  }
  if (scheme != "tcp" && scheme != "http" && scheme != "https") {
    refuse("its scheme is unknown");
  }
  address.kind = EngineAddress::Kind::tcp;
  set_tls(address, scheme);
  set_authority(address, rest);
  return address;
}

std::string to_string(const EngineAddress& address) {
  if (address.kind == EngineAddress::Kind::unix_socket) {
    return "unix://" + address.path;
  }
  const bool bracketed = address.host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", address.tls ? "https" : "tcp", bracketed ? "[" : "",
                     address.host, bracketed ? "]" : "", address.port);
}

} // namespace sandbox::docker
