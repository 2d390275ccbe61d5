// SPDX-License-Identifier: Apache-2.0
#include "monitor/channel.hpp"

#include "os/system_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sandbox::monitor {
namespace {

constexpr std::size_t read_size = 64 << 10;
/// As much as a channel keeps while it has nothing to do, for each direction.
constexpr std::size_t kept_at_rest = 2 * read_size;

ErrorCode error_code(wire::Failure kind) noexcept {
  switch (kind) {
  case wire::Failure::invalid:
  case wire::Failure::too_large:
    return ErrorCode::invalid_argument;
  case wire::Failure::not_found:
    return ErrorCode::not_found;
  case wire::Failure::resource:
    return ErrorCode::resource;
  case wire::Failure::setup:
    break;
  }
  return ErrorCode::setup_failed;
}

} // namespace

Channel::Channel(std::unique_ptr<Transport> transport) noexcept
    : transport_(std::move(transport)) {}

std::size_t Channel::begin_frame(wire::FrameType type, std::size_t size) {
  if (size > wire::max_payload) {
    throw Error(ErrorCode::invalid_argument, "request",
                "arguments and environment are larger than 1 MiB");
  }
  const wire::FrameHeader header{static_cast<std::uint32_t>(size), type, 0};
  outgoing_.append(reinterpret_cast<const char*>(&header), sizeof header);
  outgoing_.resize(outgoing_.size() + size);
  return outgoing_.size() - size;
}

void Channel::queue_data(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, wire::max_chunk);
    append_frame(wire::FrameType::data, part);
    bytes.remove_prefix(part.size());
    if (outgoing_.size() > wire::max_chunk) {
      flush();
    }
  }
}

void Channel::queue_input(std::string_view bytes) {
  append_frame(wire::FrameType::input, bytes);
}

void Channel::append_frame(wire::FrameType type, std::string_view payload) {
  const std::size_t at = begin_frame(type, payload.size());
  payload.copy(outgoing_.data() + at, payload.size());
}

void Channel::flush(std::span<const int> descriptors) {
  if (outgoing_.empty()) {
    return;
  }
  const int error = transport_->send(outgoing_, descriptors);
  outgoing_.clear();
  if (error == 0) {
    return;
  }
  if (error != EPIPE && error != ECONNRESET) {
    transport_->close(); // half a frame may be on its way
    throw os::system_error(ErrorCode::backend_lost, "send", "box", error);
  }
  // Init may have said why before it went.
  for (;;) {
    const wire::Frame frame = receive();
    if (frame.type == wire::FrameType::failed) {
      throw_failure(frame);
    }
  }
}

std::optional<wire::FrameType> Channel::drop_queued() noexcept {
  if (outgoing_.empty()) {
    return std::nullopt;
  }
  wire::FrameHeader first{};
  std::memcpy(&first, outgoing_.data(), sizeof first);
  outgoing_.clear();
  return first.type;
}

void Channel::give_back_memory() noexcept {
  if (outgoing_.empty() && outgoing_.capacity() > kept_at_rest) {
    outgoing_.shrink_to_fit();
  }
  if (begin_ == end_ && incoming_.capacity() > kept_at_rest) {
    begin_ = end_ = 0;
    incoming_.clear();
    incoming_.shrink_to_fit();
  }
}

bool Channel::take_frame(wire::Frame& frame) {
  std::string_view bytes(incoming_.data() + begin_, end_ - begin_);
  switch (wire::next_frame(bytes, frame)) {
  case wire::Next::frame:
    begin_ = end_ - bytes.size();
    return true;
  case wire::Next::incomplete:
    return false;
  case wire::Next::broken:
    break;
  }
  throw_protocol_error();
}

bool Channel::fill(bool wait) {
  std::memmove(incoming_.data(), incoming_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  // Not made smaller between messages: to make it larger again fills it with zeros, each time.
  incoming_.resize(std::max(incoming_.size(), end_ + read_size));
  const long size = transport_->receive({incoming_.data() + end_, read_size}, wait);
  if (size == -EAGAIN) {
    return false;
  }
  if (size == -ETIMEDOUT) {
    transport_->close(); // a late answer must not be taken for another request's
    throw Error(ErrorCode::backend_lost, "box", "init does not answer");
  }
  if (size <= 0) {
    const std::string words = transport_->last_words();
    throw Error(ErrorCode::backend_lost, "box",
                words.empty() ? "init of the box is gone"
                              : "init of the box is gone; its last words: " + words);
  }
  end_ += static_cast<std::size_t>(size);
  return true;
}

wire::Frame Channel::receive() {
  wire::Frame frame;
  while (!take_frame(frame)) {
    fill(true);
  }
  return frame;
}

std::optional<wire::Frame> Channel::try_receive() {
  wire::Frame frame;
  while (!take_frame(frame)) {
    if (!fill(false)) {
      return std::nullopt;
    }
  }
  return frame;
}

void throw_failure(const wire::Frame& frame) {
  wire::Failed failed;
  if (!wire::decode(frame.payload, failed)) {
    throw_protocol_error();
  }
  throw os::system_error(error_code(failed.kind), failed.step, failed.subject, failed.error);
}

void throw_protocol_error() {
  throw Error(ErrorCode::backend_lost, "box", "init sent what is not in the protocol");
}

} // namespace sandbox::monitor
