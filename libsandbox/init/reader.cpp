// SPDX-License-Identifier: Apache-2.0
#include "reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sandbox::init {
namespace {

constexpr std::size_t chunk = std::size_t{128} << 10;

// In .bss: pages that no frame reaches are never touched. One stream a process.
char buffer[sizeof(wire::FrameHeader) + wire::max_payload + chunk];

/// Before a receive that would wait: that one would wake up whenever the supervisor takes what we
/// have sent, for room to write is told to all who wait at a socket.
bool readable(int stream, int timeout_ms) noexcept {
  pollfd event{stream, POLLIN, 0};
  return ::poll(&event, 1, timeout_ms) > 0;
}

} // namespace

bool FrameReader::buffered() const noexcept {
  std::string_view bytes(buffer + begin_, end_ - begin_);
  wire::Frame frame;
  return wire::next_frame(bytes, frame) != wire::Next::incomplete;
}

long FrameReader::receive_some(char* to, std::size_t capacity) noexcept {
  if (stream_.carries_descriptors) {
    return receive(stream_.in, to, capacity, descriptors_);
  }
  long received = 0;
  do {
    received = ::read(stream_.in, to, capacity);
  } while (received < 0 && errno == EINTR);
  return received;
}

FrameReader::Status FrameReader::next(wire::Frame& frame, bool wait) noexcept {
  for (;;) {
    std::string_view bytes(buffer + begin_, end_ - begin_);
    const wire::Next next = wire::next_frame(bytes, frame);
    if (next == wire::Next::frame) {
      begin_ = end_ - bytes.size();
      return Status::frame;
    }
    if (next == wire::Next::broken) {
      return Status::closed;
    }
    if (begin_ > 0) {
      std::memmove(buffer, buffer + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (!readable(stream_.in, wait ? -1 : 0) && !wait) {
      return Status::none;
    }
    const long received = receive_some(buffer + end_, std::min(chunk, sizeof buffer - end_));
    if (received <= 0) {
      return Status::closed;
    }
    end_ += static_cast<std::size_t>(received);
  }
}

} // namespace sandbox::init
