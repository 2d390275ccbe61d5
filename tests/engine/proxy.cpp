// SPDX-License-Identifier: Apache-2.0
#include "engine/proxy.hpp"

#include "docker/connection.hpp"
#include "docker/engine_address.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

namespace engine_test {

using namespace sandbox;

namespace {

constexpr int slice_ms = 5;
constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    throw std::runtime_error(path + " is too long for a socket");
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

os::Fd unix_socket() {
  return os::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// The real engine, on a unix socket.
os::Fd connect_engine() {
  const docker::EngineAddress engine = docker::engine_address({});
  const std::string text = docker::to_string(engine);
  const sockaddr_un address = unix_address(text.substr(std::strlen("unix://")));
  os::Fd socket = unix_socket();
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    socket.close();
  }
  return socket;
}

} // namespace

Proxy::Proxy() : cut_at_(never) {
  const std::string path = folder_ / "engine.sock";
  host_ = "unix://" + path;
  listener_ = unix_socket();
  const sockaddr_un address = unix_address(path);
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_.get(), 64) != 0) {
    throw std::runtime_error("no socket");
  }
  thread_ = std::thread([this] { serve(); });
}

Proxy::~Proxy() {
  stopped_ = true;
  thread_.join();
}

void Proxy::garble(std::function<void(std::string&)> change) {
  const std::lock_guard lock(mutex_);
  change_ = std::move(change);
}

bool Proxy::is_garbling() const {
  const std::lock_guard lock(mutex_);
  return change_ != nullptr;
}

void Proxy::serve() {
  while (!stopped_) {
    serve_once();
  }
}

void Proxy::serve_once() {
  if (passed_ >= cut_at_) {
    cut_all();
  }
  std::vector<pollfd> events{{listener_.get(), POLLIN, 0}};
  for (const auto& link : links_) {
    for (const Direction* direction : {&link->there, &link->back}) {
      const bool full = !direction->pending.empty();
      events.push_back({stall_ ? -1
                        : full ? direction->to
                               : direction->from,
                        static_cast<short>(full ? POLLOUT : POLLIN), 0});
    }
  }
  if (::poll(events.data(), events.size(), slice_ms) <= 0) {
    return;
  }
  for (std::size_t i = 0; i < links_.size(); ++i) {
    move(*links_[i], links_[i]->there, events[1 + 2 * i].revents);
    move(*links_[i], links_[i]->back, events[2 + 2 * i].revents);
  }
  std::erase_if(links_, [](const auto& link) { return link->over; });
  if (events[0].revents != 0) {
    accept();
  }
}

void Proxy::accept() {
  os::Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!client || refuse_) {
    return;
  }
  auto link = std::make_unique<Link>();
  link->engine = connect_engine();
  link->client = std::move(client);
  link->there = {link->client.get(), link->engine.get(), {}};
  link->back = {link->engine.get(), link->client.get(), {}};
  if (link->engine) {
    links_.push_back(std::move(link));
  }
}

void Proxy::cut_all() {
  refuse_ = refuse_ || refuse_after_cut_;
  cut_at_ = never;
  links_.clear();
}

void Proxy::move(Link& link, Direction& direction, short events) {
  if (events == 0 || link.over) {
    return;
  }
  if (direction.pending.empty()) {
    const std::size_t left = cut_at_ > passed_ ? cut_at_ - passed_ : 0;
    direction.pending.resize(std::min<std::size_t>(std::max<std::size_t>(left, 1), 64 << 10));
    const ssize_t size =
        ::recv(direction.from, direction.pending.data(), direction.pending.size(), 0);
    direction.pending.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    link.over = size == 0 || (size < 0 && errno != EAGAIN);
    look_at(link, direction);
    return;
  }
  const ssize_t size =
      ::send(direction.to, direction.pending.data(), direction.pending.size(), MSG_NOSIGNAL);
  if (size < 0) {
    link.over = errno != EAGAIN;
    return;
  }
  passed_ += static_cast<std::size_t>(size);
  direction.pending.erase(0, static_cast<std::size_t>(size));
}

/// Which stream this is, from the request; behind the head of the answer an attached one is raw.
void Proxy::look_at(Link& link, Direction& direction) {
  if (&direction == &link.there) {
    link.attached = link.attached || direction.pending.find("/attach?") != std::string::npos;
    return;
  }
  if (!link.attached || direction.pending.empty()) {
    return;
  }
  if (link.head.find("\r\n\r\n") == std::string::npos) {
    link.head += direction.pending;
    return;
  }
  const std::lock_guard lock(mutex_);
  if (change_ != nullptr) {
    std::exchange(change_, nullptr)(direction.pending);
  }
}

} // namespace engine_test
