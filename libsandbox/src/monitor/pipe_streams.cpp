// SPDX-License-Identifier: Apache-2.0
#include "monitor/pipe_streams.hpp"

namespace sandbox::monitor {

std::vector<int> PipeStreams::descriptors() const {
  return {input_.program_end(), output_.write_end(Stream::standard_output),
          output_.write_end(Stream::standard_error)};
}

void PipeStreams::begin() {
  input_.close_program_end();
  output_.close_write_ends();
}

std::size_t PipeStreams::list_events(pollfd* events) const {
  const short input_events = input_.has_pending() ? POLLOUT : 0;
  events[0] = {output_.read_end(Stream::standard_output), POLLIN, 0};
  events[1] = {output_.read_end(Stream::standard_error), POLLIN, 0};
  events[2] = {input_.source(), POLLIN, 0};
  events[3] = {input_.destination(), input_events, 0};
  return 4;
}

void PipeStreams::handle(const pollfd* events) {
  if (events[0].revents != 0) {
    output_.read(Stream::standard_output);
  }
  if (events[1].revents != 0) {
    output_.read(Stream::standard_error);
  }
  if ((events[3].revents & POLLERR) != 0) {
    input_.stop();
  } else if (events[2].revents != 0) {
    input_.read_source();
  } else if ((events[3].revents & POLLOUT) != 0) {
    input_.write_pending();
  }
}

} // namespace sandbox::monitor
