// SPDX-License-Identifier: Apache-2.0
#include "docker/connection.hpp"

#include "docker/tls.hpp"

#include <sandbox/error.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace sandbox::docker {
namespace {

int poll_timeout(Deadline deadline) noexcept {
  if (deadline == Deadline::max()) {
    return -1;
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Deadline::clock::now());
  return static_cast<int>(std::clamp<long long>(left.count(), 0, INT_MAX));
}

} // namespace

Connection::Connection(os::Fd socket) noexcept : socket_(std::move(socket)) {}
Connection::Connection(Connection&& other) noexcept = default;
Connection& Connection::operator=(Connection&& other) noexcept = default;
Connection::~Connection() {
  close();
}

void Connection::close() noexcept {
  if (tls_) {
    tls_->finish();
    tls_.reset();
  }
  socket_.close();
}

int Connection::await(short events) const noexcept {
  pollfd waiting[]{{socket_.get(), events, 0}, {wake_, POLLIN, 0}};
  for (;;) {
    const int timeout = poll_timeout(deadline_);
    const int ready = ::poll(waiting, 2, timeout);
    if (ready < 0 && errno != EINTR) {
      return errno;
    }
    if (ready > 0 && waiting[1].revents != 0) {
      return ECANCELED;
    }
    // Checked even when there is something to read: a peer that never pauses must not gain time.
    if (poll_timeout(deadline_) == 0) {
      return ETIMEDOUT;
    }
    if (ready > 0) {
      return 0;
    }
  }
}

template <class Step>
long Connection::retry(bool wait, short events, Step step) noexcept {
  for (;;) {
    if (wait && poll_timeout(deadline_) == 0) {
      return -ETIMEDOUT;
    }
    const long result = step();
    if (result == -EINTR) {
      continue;
    }
    if (result != -EAGAIN || !wait) {
      return result;
    }
    if (const int error = await(tls_ ? tls_->wanted() : events); error != 0) {
      return -error;
    }
  }
}

long Connection::receive(std::span<char> buffer, bool wait) noexcept {
  return retry(wait, POLLIN, [&]() -> long {
    if (tls_) {
      return tls_->read(buffer);
    }
    const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size >= 0 ? size : -errno;
  });
}

long Connection::send_some(std::string_view bytes, bool wait) noexcept {
  return retry(wait, POLLOUT, [&]() -> long {
    if (tls_) {
      return tls_->write(bytes);
    }
    const ssize_t size =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return size >= 0 ? size : -errno;
  });
}

int Connection::send(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const long size = send_some(bytes, true);
    if (size <= 0) {
      return size < 0 ? static_cast<int>(-size) : EPIPE;
    }
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return 0;
}

void Connection::start_tls(const EngineAddress& address) {
  tls_ = std::make_unique<TlsSession>(socket_.get(), address);
  const long result = retry(true, POLLIN, [this] { return tls_->handshake(); });
  if (result == 1) {
    return;
  }
  if (result == -ETIMEDOUT || result == -ECANCELED) {
    throw Error(ErrorCode::backend_lost, "connect to " + to_string(address),
                "the engine does not answer the TLS handshake",
                "does it speak TLS on this port? Without, use http://", static_cast<int>(-result));
  }
  throw Error(ErrorCode::setup_failed, "connect to " + to_string(address),
              "TLS: " + tls_->failure(),
              "ca.pem in " + address.certificates.string() +
                  " must have signed a certificate for this host name (DOCKER_CERT_PATH)");
}

} // namespace sandbox::docker
