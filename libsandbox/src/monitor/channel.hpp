// SPDX-License-Identifier: Apache-2.0
//
// The supervisor's end of the stream to init.
#pragma once

#include "monitor/transport.hpp"
#include "wire/messages.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sandbox::monitor {

class Channel {
 public:
  explicit Channel(std::unique_ptr<Transport> transport) noexcept;

  /// Puts a message behind those that wait to be sent.
  template <class Message>
  void queue(Message message) {
    wire::Writer measure;
    message.fields(measure);
    const std::size_t at = begin_frame(Message::type, measure.size());
    wire::Writer writer(outgoing_.data() + at, measure.size());
    message.fields(writer);
  }
  void queue_data(std::string_view bytes);
  /// A piece of a program's stdin; empty: its end.
  void queue_input(std::string_view bytes);

  /// Sends what is queued, `descriptors` with it. Throws Error; when init said why it is gone, with
  /// its words.
  void flush(std::span<const int> descriptors = {});

  /// Forgets what is queued. Returns what its first frame was; nothing when none was.
  std::optional<wire::FrameType> drop_queued() noexcept;
  /// Before a time without messages: gives back what large ones took.
  void give_back_memory() noexcept;

  /// The next frame, waiting for it; its payload is valid until the next call. Throws
  /// Error(backend_lost) when the stream ends or breaks.
  wire::Frame receive();
  /// As receive, but nothing when there is no whole frame yet.
  std::optional<wire::Frame> try_receive();

  int descriptor() const noexcept { return transport_->descriptor(); }
  bool carries_descriptors() const noexcept { return transport_->carries_descriptors(); }
  void close() noexcept { transport_->close(); }

 private:
  std::size_t begin_frame(wire::FrameType type, std::size_t size);
  void append_frame(wire::FrameType type, std::string_view payload);
  bool take_frame(wire::Frame& frame);
  bool fill(bool wait);

  std::unique_ptr<Transport> transport_;
  std::string outgoing_;
  std::string incoming_;
  std::size_t begin_{0};
  std::size_t end_{0};
};

/// Decodes a frame that must hold a `Message`; throws Error(backend_lost) when it does not.
template <class Message>
Message expect(const wire::Frame& frame);

/// Throws the Error that a frame of type `failed` stands for.
[[noreturn]] void throw_failure(const wire::Frame& frame);
[[noreturn]] void throw_protocol_error();

template <class Message>
Message expect(const wire::Frame& frame) {
  if (frame.type == wire::FrameType::failed) {
    throw_failure(frame);
  }
  Message message;
  if (frame.type != Message::type || !wire::decode(frame.payload, message)) {
    throw_protocol_error();
  }
  return message;
}

} // namespace sandbox::monitor
