// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "packet.hpp"
#include "wire/frame.hpp"

namespace sandbox::init {

/// Sends one message as a frame; false when the other end is gone.
template <class Message>
bool send_frame(int stream, Message message) noexcept {
  char bytes[sizeof(wire::FrameHeader) + 8192];
  wire::Writer writer(bytes + sizeof(wire::FrameHeader), sizeof bytes - sizeof(wire::FrameHeader));
  message.fields(writer);
  const wire::FrameHeader header{static_cast<std::uint32_t>(writer.size()), Message::type, 0};
  __builtin_memcpy(bytes, &header, sizeof header);
  return writer.ok() && send_all(stream, bytes, sizeof header + writer.size());
}

} // namespace sandbox::init
