// SPDX-License-Identifier: Apache-2.0
#include "containment/listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace containment {
namespace {

sockaddr_in local_port(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void must(int result, const char* what) {
  if (result < 0) {
    throw std::runtime_error(std::string("listener: ") + what + ": " + std::strerror(errno));
  }
}

} // namespace

Listener::Listener(Kind kind)
    : socket_(::socket(kind == Kind::tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  must(socket_, "socket");
  if (kind == Kind::tcp) {
    listen_at_port();
  } else {
    listen_at_name(kind == Kind::abstract);
  }
}

Listener::~Listener() {
  ::close(socket_);
}

void Listener::listen_at_port() {
  sockaddr_in address = local_port(0);
  socklen_t size = sizeof address;
  must(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), "bind");
  must(::listen(socket_, 8), "listen");
  must(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  name_ = std::to_string(ntohs(address.sin_port));
}

void Listener::listen_at_name(bool abstract) {
  name_ = "@sandbox-listener-" + std::to_string(::getpid());
  if (!abstract) {
    folder_.emplace("listener", 0755U);
    name_ = *folder_ / "docker.sock";
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name_.data(), name_.size());
  if (abstract) {
    address.sun_path[0] = '\0';
  }
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
  must(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size), "bind");
  must(::listen(socket_, 8), "listen");
  if (!abstract) {
    must(::chmod(name_.c_str(), 0777), "chmod");
  }
}

bool Listener::was_called() const {
  pollfd call{socket_, POLLIN, 0};
  return ::poll(&call, 1, 0) > 0;
}

bool can_connect(std::uint16_t port) {
  const int caller = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = local_port(port);
  const bool connected =
      ::connect(caller, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(caller);
  return connected;
}

} // namespace containment
