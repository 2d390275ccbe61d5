// SPDX-License-Identifier: Apache-2.0
#include "unit/docker/fake_engine.hpp"

#include "os/socket.hpp"
#include "os/system_error.hpp"

#include <fmt/format.h>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

namespace sandbox::docker::test {
namespace {

using namespace std::chrono_literals;

constexpr int slice_ms = 5;

std::size_t body_size(const std::string& header) {
  const std::size_t at = header.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(header.substr(at + 16));
}

} // namespace

Peer::Peer(os::Fd socket, const std::atomic<bool>& stopped) noexcept
    : socket_(std::move(socket)), stopped_(stopped) {}

std::string Peer::receive_some() {
  while (!is_over()) {
    if (os::wait_readable(socket_.get(), slice_ms)) {
      char part[4096];
      const long size = os::receive(socket_.get(), part, false);
      gone_ = size <= 0;
      return size > 0 ? std::string(part, static_cast<std::size_t>(size)) : std::string();
    }
  }
  return {};
}

std::string Peer::receive_request() {
  std::string bytes;
  while (!is_over()) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end != std::string::npos && bytes.size() >= end + 4 + body_size(bytes.substr(0, end))) {
      break;
    }
    bytes += receive_some();
  }
  return bytes;
}

void Peer::send(std::string_view bytes) {
  while (!is_over() && !bytes.empty()) {
    const ssize_t sent =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    gone_ = errno != EAGAIN && errno != EINTR;
    pollfd event{socket_.get(), POLLOUT, 0};
    ::poll(&event, 1, slice_ms);
  }
}

void Peer::pause(std::chrono::milliseconds time) const {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!is_over() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::min(time, std::chrono::milliseconds(slice_ms)));
  }
}

void Peer::hold() {
  while (!is_over()) {
    receive_some();
  }
}

Step request() {
  return [](Peer& peer, std::string& record) { record += peer.receive_request(); };
}

Step receive() {
  return [](Peer& peer, std::string& record) { record += peer.receive_some(); };
}

Step send(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer, std::string&) { peer.send(bytes); };
}

Step pause(std::chrono::milliseconds time) {
  return [time](Peer& peer, std::string&) { peer.pause(time); };
}

Step drip(std::string bytes, std::chrono::milliseconds pause) {
  return [bytes = std::move(bytes), pause](Peer& peer, std::string&) {
    for (const char byte : bytes) {
      peer.send({&byte, 1});
      peer.pause(pause);
    }
  };
}

Step flood(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer, std::string&) {
    while (!peer.is_over()) {
      peer.send(bytes);
    }
  };
}

Step hold() {
  return [](Peer& peer, std::string&) { peer.hold(); };
}

Script answers(std::string bytes) {
  return {request(), send(std::move(bytes))};
}

std::string ok(std::string_view body) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

Script pong(std::string_view api_version) {
  return answers(fmt::format("HTTP/1.1 200 OK\r\nApi-Version: {}\r\nContent-Length: 2\r\n\r\nOK",
                             api_version));
}

FakeEngine::FakeEngine(std::vector<Script> scripts, Transport transport)
    : scripts_(std::move(scripts)) {
  if (transport == Transport::unix_socket) {
    listen_unix();
  } else {
    listen_tcp();
  }
  os::check(::listen(listener_.get(), 16), "listen");
  thread_ = std::thread([this] { serve(); });
}

FakeEngine::~FakeEngine() {
  stopped_ = true;
  ::shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
}

void FakeEngine::listen_unix() {
  address_.path = folder_ / "docker.sock";
  listener_ = os::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address_.path.c_str(), address_.path.size() + 1);
  os::check(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name), "bind");
}

void FakeEngine::listen_tcp() {
  address_.kind = EngineAddress::Kind::tcp;
  address_.host = "127.0.0.1";
  listener_ = os::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* raw = reinterpret_cast<sockaddr*>(&name);
  socklen_t size = sizeof name;
  os::check(::bind(listener_.get(), raw, size), "bind");
  os::check(::getsockname(listener_.get(), raw, &size), "getsockname");
  address_.port = ntohs(name.sin_port);
}

void FakeEngine::serve() {
  for (std::size_t number = 0; !stopped_; ++number) {
    os::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) {
      return;
    }
    std::string record;
    {
      Peer peer(std::move(socket), stopped_);
      for (const Step& step : scripts_[std::min(number, scripts_.size() - 1)]) {
        step(peer, record);
      }
    }
    const std::lock_guard lock(mutex_);
    requests_.push_back(std::move(record));
  }
}

std::vector<std::string> FakeEngine::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> FakeEngine::await_requests(std::size_t count) const {
  const auto end = std::chrono::steady_clock::now() + 5s;
  while (requests().size() < count && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(1ms);
  }
  return requests();
}

} // namespace sandbox::docker::test
