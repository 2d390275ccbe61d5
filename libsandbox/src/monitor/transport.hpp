// SPDX-License-Identifier: Apache-2.0
//
// How bytes get to init and back; what differs between backends of the stream to init.
#pragma once

#include "os/fd.hpp"
#include "os/made_here.hpp"
#include "os/socket.hpp"

#include <cerrno>
#include <span>
#include <string>
#include <string_view>

namespace sandbox::monitor {

class Transport {
 public:
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// To poll for reading.
  virtual int descriptor() const noexcept = 0;
  /// Whether descriptors can be sent. Where not, a program's streams travel in frames.
  virtual bool carries_descriptors() const noexcept = 0;

  /// Sends everything; 0, or the errno that stopped it.
  virtual int send(std::string_view bytes, std::span<const int> descriptors) = 0;
  /// Reads what there is: the size, 0 at the end, or -errno; -EAGAIN when `wait` is false and there
  /// is nothing. -ETIMEDOUT when the other side is silent for longer than it ever should be.
  virtual long receive(std::span<char> buffer, bool wait) = 0;
  virtual void close() noexcept = 0;

  /// What came from the other end beside the stream: why it ended, perhaps. Untrusted text.
  virtual std::string last_words() const { return {}; }

 protected:
  Transport() = default;
};

/// A unix socket, init on its other end.
class SocketTransport final : public Transport {
 public:
  explicit SocketTransport(os::Fd socket) noexcept : socket_(std::move(socket)) {}

  int descriptor() const noexcept override { return socket_.get(); }
  bool carries_descriptors() const noexcept override { return true; }
  int send(std::string_view bytes, std::span<const int> descriptors) override {
    return os::send(socket_.get(), bytes, descriptors);
  }
  long receive(std::span<char> buffer, bool wait) override {
    constexpr int longest_silence_ms = 30'000;
    if (wait && !os::wait_readable(socket_.get(), longest_silence_ms)) {
      return -ETIMEDOUT;
    }
    return os::receive(socket_.get(), buffer, wait);
  }
  void close() noexcept override {
    if (made_here_) {
      os::end_connection(socket_);
    }
    socket_.close();
  }

 private:
  os::Fd socket_;
  os::MadeHere made_here_;
};

} // namespace sandbox::monitor
