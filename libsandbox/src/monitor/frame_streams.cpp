// SPDX-License-Identifier: Apache-2.0
#include "monitor/frame_streams.hpp"

#include "monitor/pipe_streams.hpp"

#include <algorithm>

namespace sandbox::monitor {

std::size_t FrameStreams::list_events(pollfd* events) const {
  events[0] = {end_sent_ ? -1 : source_.descriptor(), POLLIN, 0};
  return 1;
}

void FrameStreams::handle(const pollfd* events) {
  if (events[0].revents != 0) {
    source_.read();
    send_input();
  }
}

bool FrameStreams::take(const wire::Frame& frame) {
  switch (frame.type) {
  case wire::FrameType::standard_output:
    gate_.take(Stream::standard_output, frame.payload);
    return true;
  case wire::FrameType::standard_error:
    gate_.take(Stream::standard_error, frame.payload);
    return true;
  case wire::FrameType::input_taken: {
    const std::size_t taken = expect<wire::InputTaken>(frame).bytes;
    if (taken > wire::input_window - room_) {
      throw_protocol_error();
    }
    room_ += taken;
    send_input();
    return true;
  }
  case wire::FrameType::input_closed:
    end_sent_ = true;
    source_.stop();
    return true;
  default:
    return false;
  }
}

void FrameStreams::send_input() {
  if (end_sent_) {
    return;
  }
  const std::size_t size = std::min(room_, source_.pending().size());
  if (size > 0) {
    channel_.queue_input(source_.pending().substr(0, size));
    source_.consume(size);
    room_ -= size;
  }
  if (source_.finished()) {
    end_sent_ = true;
    channel_.queue_input({});
  }
  channel_.flush();
}

std::unique_ptr<StageStreams> make_streams(Channel& channel, const Input& input, OutputGate& gate) {
  if (channel.carries_descriptors()) {
    return std::make_unique<PipeStreams>(input, gate);
  }
  return std::make_unique<FrameStreams>(channel, input, gate);
}

} // namespace sandbox::monitor
