// SPDX-License-Identifier: Apache-2.0
//
// Frames off the stream, with the descriptors that came along.
#pragma once

#include "packet.hpp"
#include "wire/frame.hpp"

namespace sandbox::init {

class FrameReader {
 public:
  explicit FrameReader(int stream) noexcept : stream_(stream) {}

  enum class Status : unsigned char { frame, none, closed };

  /// The next frame; its payload is valid until the next call. With `wait` blocks until there is
  /// one or the stream is closed or broken; without, returns `none` when it would have to.
  Status next(wire::Frame& frame, bool wait) noexcept;

  /// Whether a whole frame has been read already, of which poll(2) on the stream would tell
  /// nothing.
  bool buffered() const noexcept;

  int stream() const noexcept { return stream_; }
  Descriptors& descriptors() noexcept { return descriptors_; }

 private:
  int stream_;
  std::size_t begin_{0};
  std::size_t end_{0};
  Descriptors descriptors_;
};

} // namespace sandbox::init
