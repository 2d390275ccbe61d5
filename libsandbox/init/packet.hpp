// SPDX-License-Identifier: Apache-2.0
//
// Packets and descriptors over unix sockets.
#pragma once

#include "os/fd.hpp"
#include "outcome.hpp"
#include "wire/launch.hpp"

#include <cstddef>

namespace sandbox::init {

/// Descriptors that came with a message; those that nobody takes are closed.
class Descriptors {
 public:
  Descriptors() noexcept = default;
  Descriptors(const Descriptors&) = delete;
  Descriptors& operator=(const Descriptors&) = delete;
  ~Descriptors() { clear(); }

  std::size_t size() const noexcept { return count_ - next_; }
  /// The next descriptor, now the caller's; -1 when there is none.
  int take() noexcept { return next_ < count_ ? fds_[next_++] : -1; }
  void add(int fd) noexcept;
  void clear() noexcept;

 private:
  int fds_[wire::max_descriptors]{};
  std::size_t count_{0};
  std::size_t next_{0};
};

/// Reads what there is, at most `capacity` bytes: 0 at the end, -1 with errno.
long receive(int socket, char* buffer, std::size_t capacity, Descriptors& descriptors) noexcept;

/// To a slot: waits for the next launch of an init, and returns that one's end of its stream; none
/// when the socket closes or says anything else.
os::Fd receive_launch(int socket, wire::Launch& launch) noexcept;

/// Sends all bytes, waiting for room; false when the other end is gone. For init only, which no
/// SIGPIPE ends.
bool send_all(int stream, const char* bytes, std::size_t size) noexcept;

/// Sends one packet: its kind, the message's fields and at most one descriptor.
template <class Message>
bool send_packet(int socket, wire::Packet kind, Message message, int descriptor = -1) noexcept;

bool send_packet_bytes(int socket, const char* bytes, std::size_t size, int descriptor) noexcept;

template <class Message>
bool send_packet(int socket, wire::Packet kind, Message message, int descriptor) noexcept {
  char bytes[1024];
  wire::Writer writer(bytes, sizeof bytes);
  writer(kind);
  message.fields(writer);
  return writer.ok() && send_packet_bytes(socket, bytes, writer.size(), descriptor);
}

bool send_failure(int socket, const Outcome& outcome) noexcept;

} // namespace sandbox::init
