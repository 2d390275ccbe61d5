// SPDX-License-Identifier: Apache-2.0
//
// Frames off the stream, with the descriptors that came along.
#pragma once

#include "packet.hpp"
#include "wire/frame.hpp"

namespace sandbox::init {

/// Both directions of the stream to the supervisor: one socket that can carry descriptors, or two
/// pipes that cannot.
struct SupervisorStream {
  int in{-1};
  int out{-1};
  bool carries_descriptors{true};
};

class FrameReader {
 public:
  explicit FrameReader(const SupervisorStream& stream) noexcept : stream_(stream) {}

  enum class Status : unsigned char { frame, none, closed };

  /// The next frame; its payload is valid until the next call. With `wait` blocks until there is
  /// one or the stream is closed or broken; without, returns `none` when it would have to.
  Status next(wire::Frame& frame, bool wait) noexcept;

  /// Whether a whole frame has been read already, of which poll(2) on the stream would tell
  /// nothing.
  bool buffered() const noexcept;

  int in() const noexcept { return stream_.in; }
  int out() const noexcept { return stream_.out; }
  bool carries_descriptors() const noexcept { return stream_.carries_descriptors; }
  Descriptors& descriptors() noexcept { return descriptors_; }

 private:
  long receive_some(char* to, std::size_t capacity) noexcept;

  SupervisorStream stream_;
  std::size_t begin_{0};
  std::size_t end_{0};
  Descriptors descriptors_;
};

} // namespace sandbox::init
