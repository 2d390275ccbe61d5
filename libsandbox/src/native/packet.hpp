// SPDX-License-Identifier: Apache-2.0
//
// One message a packet, to and from guard, launcher and slots.
#pragma once

#include "os/fd.hpp"
#include "os/socket.hpp"
#include "os/system_error.hpp"
#include "wire/launch.hpp"

#include <span>
#include <string>

namespace sandbox::native {

/// Throws Error(backend_lost) when the other end is gone, Error(resource) when the message is too
/// large.
template <class Message>
void send_packet(int socket, wire::Packet kind, Message message,
                 std::span<const int> descriptors = {}) {
  wire::Writer measure;
  measure(kind);
  message.fields(measure);
  if (measure.size() > wire::max_packet) {
    throw Error(ErrorCode::invalid_argument, "environment", "has too many paths");
  }
  std::string bytes(measure.size(), '\0');
  wire::Writer writer(bytes.data(), bytes.size());
  writer(kind);
  message.fields(writer);
  if (const int error = os::send(socket, bytes, descriptors); error != 0) {
    throw os::system_error(ErrorCode::backend_lost, "send", "launcher", error);
  }
}

/// Waits for a packet that must be a `Message` of `kind`. Throws what a `failed` packet says;
/// Error(backend_lost) at the end of the socket, for another packet, and after `timeout_ms`.
template <class Message>
Message receive_packet(int socket, wire::Packet kind, int timeout_ms,
                       std::vector<os::Fd>* descriptors = nullptr);

/// The bytes of a packet that is not a failure.
std::string receive_packet_bytes(int socket, wire::Packet kind, int timeout_ms,
                                 std::vector<os::Fd>* descriptors);

template <class Message>
Message receive_packet(int socket, wire::Packet kind, int timeout_ms,
                       std::vector<os::Fd>* descriptors) {
  const std::string bytes = receive_packet_bytes(socket, kind, timeout_ms, descriptors);
  Message message;
  if (!wire::decode(bytes, message)) {
    throw Error(ErrorCode::backend_lost, "launcher", "sent what is not in the protocol");
  }
  return message;
}

} // namespace sandbox::native
