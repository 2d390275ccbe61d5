// SPDX-License-Identifier: Apache-2.0
#include "docker/connection.hpp"
#include "os/system_error.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sandbox::docker {
namespace {

const char* remedy(int error, EngineAddress::Kind kind) {
  const bool local = kind == EngineAddress::Kind::unix_socket;
  switch (error) {
  case ENOENT:
    return "is the engine running? (systemctl start docker) Elsewhere: set DOCKER_HOST";
  case EACCES:
  case EPERM:
    return "add the user to the group docker (usermod -aG docker USER), or use a rootless engine";
  case ECONNREFUSED:
    return local ? "the socket is there but no engine listens: systemctl restart docker"
                 : "no engine listens there: check DOCKER_HOST and the engine's -H";
  default:
    return "check DOCKER_HOST";
  }
}

[[noreturn]] void fail(const EngineAddress& address, int error) {
  throw os::system_error(ErrorCode::backend_lost, "connect to", to_string(address), error,
                         remedy(error, address.kind));
}

timeval time_left(Deadline deadline) {
  if (deadline == Deadline::max()) {
    return {};
  }
  // A timeout of 0 would mean none.
  const auto left = std::max<std::chrono::microseconds>(
      std::chrono::ceil<std::chrono::microseconds>(deadline - Deadline::clock::now()),
      std::chrono::microseconds(1));
  return {left.count() / 1'000'000, left.count() % 1'000'000};
}

/// Returns 0 or the errno. A nonblocking connect would not do: where a unix socket's queue is full
/// it fails, and poll(2) cannot wait for room.
int connect_until(int socket, const sockaddr* to, socklen_t size, Deadline deadline) {
  int result = 0;
  do {
    const timeval left = time_left(deadline);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof left);
    result = ::connect(socket, to, size) < 0 ? errno : 0;
  } while (result == EINTR || result == EALREADY);
  if (result == EAGAIN || result == EINPROGRESS) {
    return ETIMEDOUT;
  }
  return result == EISCONN ? 0 : result;
}

Connection ready(os::Fd socket) {
  os::check(::fcntl(socket.get(), F_SETFL, O_NONBLOCK), "fcntl");
  return Connection(std::move(socket));
}

Connection connect_unix(const EngineAddress& address, Deadline deadline) {
  os::Fd socket(os::check(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address.path.data(),
              std::min(address.path.size(), sizeof to.sun_path - 1));
  if (const int error =
          connect_until(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to, deadline);
      error != 0) {
    fail(address, error);
  }
  return ready(std::move(socket));
}

struct FreeAddresses {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};

std::unique_ptr<addrinfo, FreeAddresses> resolve(const EngineAddress& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  // The one step without our deadline: resolv.conf(5) sets its time.
  const int error =
      ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  if (error != 0) {
    throw Error(ErrorCode::backend_lost, "connect to " + to_string(address), ::gai_strerror(error),
                "check DOCKER_HOST");
  }
  return std::unique_ptr<addrinfo, FreeAddresses>(list);
}

Connection connect_tcp(const EngineAddress& address, Deadline deadline) {
  int error = EADDRNOTAVAIL;
  const auto list = resolve(address);
  for (const addrinfo* to = list.get(); to != nullptr; to = to->ai_next) {
    os::Fd socket(::socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    error = socket ? connect_until(socket.get(), to->ai_addr, to->ai_addrlen, deadline) : errno;
    if (error == 0) {
      const int on = 1;
      ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      ::setsockopt(socket.get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
      return ready(std::move(socket));
    }
  }
  fail(address, error);
}

} // namespace

Connection connect(const EngineAddress& address, Deadline deadline) {
  Connection connection = address.kind == EngineAddress::Kind::unix_socket
                              ? connect_unix(address, deadline)
                              : connect_tcp(address, deadline);
  connection.set_deadline(deadline);
  if (address.tls) {
    connection.start_tls(address);
  }
  return connection;
}

} // namespace sandbox::docker
