// SPDX-License-Identifier: Apache-2.0
#include "reader.hpp"

#include <poll.h>

#include <algorithm>
#include <cstring>

namespace sandbox::init {
namespace {

constexpr std::size_t chunk = std::size_t{128} << 10;

// In .bss: pages that no frame reaches are never touched. One stream a process.
char buffer[sizeof(wire::FrameHeader) + wire::max_payload + chunk];

bool readable(int stream) noexcept {
  pollfd event{stream, POLLIN, 0};
  return ::poll(&event, 1, 0) > 0;
}

} // namespace

bool FrameReader::buffered() const noexcept {
  std::string_view bytes(buffer + begin_, end_ - begin_);
  wire::Frame frame;
  return wire::next_frame(bytes, frame) != wire::Next::incomplete;
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
    if (!wait && !readable(stream_)) {
      return Status::none;
    }
    const long received =
        receive(stream_, buffer + end_, std::min(chunk, sizeof buffer - end_), descriptors_);
    if (received <= 0) {
      return Status::closed;
    }
    end_ += static_cast<std::size_t>(received);
  }
}

} // namespace sandbox::init
