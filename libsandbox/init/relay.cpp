// SPDX-License-Identifier: Apache-2.0
#include "relay.hpp"

#include "packet.hpp"
#include "wire/frame.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <utility>

namespace sandbox::init {
namespace {

constexpr std::size_t chunk = std::size_t{64} << 10;

// In .bss: pages that no byte reaches are never touched. One stage at a time.
char input_buffer[wire::input_window];
char pending[sizeof(wire::FrameHeader) + chunk];

constexpr wire::FrameType output_types[2] = {wire::FrameType::standard_output,
                                             wire::FrameType::standard_error};

void close_end(int& end) noexcept {
  if (end >= 0) {
    ::close(end);
    end = -1;
  }
}

/// One pipe; `ours` does not block. The other end's owner is the program's user, and the mode lets
/// it open /dev/stdin and its like.
Outcome make_pipe(int& ours, int& programs, int our_side) noexcept {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return check(-1, "pipe2");
  }
  ours = ends[our_side];
  programs = ends[1 - our_side];
  return in_order([&] { return check(::fchmod(programs, 0666), "fchmod", "pipe"); },
                  [&] { return check(::fcntl(ours, F_SETFL, O_NONBLOCK), "fcntl", "O_NONBLOCK"); });
}

} // namespace

Relay::~Relay() {
  close_end(input_);
  close_end(outputs_[0]);
  close_end(outputs_[1]);
}

Outcome Relay::open(int (&program_ends)[3]) noexcept {
  return in_order([&] { return make_pipe(input_, program_ends[0], 1); },
                  [&] { return make_pipe(outputs_[0], program_ends[1], 0); },
                  [&] { return make_pipe(outputs_[1], program_ends[2], 0); });
}

void Relay::list_events(pollfd* events) const noexcept {
  events[0] = {input_, static_cast<short>(input_begin_ < input_end_ ? POLLOUT : 0), 0};
  // An end of which nothing can be read now must not be listed: poll(2) would tell of its end again
  // and again.
  events[1] = {sending() ? -1 : outputs_[0], POLLIN, 0};
  events[2] = {sending() ? -1 : outputs_[1], POLLIN, 0};
  events[3] = {sending() || tell_closed_ || taken_ > 0 ? out_ : -1, POLLOUT, 0};
}

bool Relay::handle(const pollfd* events) noexcept {
  if (events[0].revents != 0) {
    write_input();
    if ((events[0].revents & POLLERR) != 0 && input_ >= 0) {
      close_end(input_);
      tell_closed_ = true;
    }
  }
  if (!send_pending()) {
    return false;
  }
  tell_of_input();
  for (int i = 0; i < 2; ++i) {
    if (events[i + 1].revents != 0 && !sending()) {
      read_output(i);
    }
  }
  return send_pending();
}

bool Relay::take_input(std::string_view bytes) noexcept {
  if (bytes.empty()) {
    input_ends_ = true;
  } else if (bytes.size() > sizeof input_buffer - (input_end_ - input_begin_)) {
    return false;
  } else {
    std::memmove(input_buffer, input_buffer + input_begin_, input_end_ - input_begin_);
    input_end_ -= input_begin_;
    input_begin_ = 0;
    std::memcpy(input_buffer + input_end_, bytes.data(), bytes.size());
    input_end_ += bytes.size();
  }
  write_input();
  return true;
}

void Relay::write_input() noexcept {
  while (input_ >= 0 && input_begin_ < input_end_) {
    const long written = ::write(input_, input_buffer + input_begin_, input_end_ - input_begin_);
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      if (errno != EAGAIN) {
        close_end(input_);
        tell_closed_ = true;
      }
      return;
    }
    input_begin_ += static_cast<std::size_t>(written);
    taken_ += static_cast<std::uint32_t>(written);
  }
  if (input_ends_) {
    close_end(input_);
  }
}

template <class Message>
void Relay::put(Message message) noexcept {
  wire::Writer writer(pending + sizeof(wire::FrameHeader), chunk);
  message.fields(writer);
  const wire::FrameHeader header{static_cast<std::uint32_t>(writer.size()), Message::type, 0};
  std::memcpy(pending, &header, sizeof header);
  pending_begin_ = 0;
  pending_end_ = sizeof header + writer.size();
}

void Relay::tell_of_input() noexcept {
  if (sending()) {
    return;
  }
  if (tell_closed_) {
    tell_closed_ = false;
    put(wire::InputClosed{});
  } else if (taken_ > 0) {
    put(wire::InputTaken{std::exchange(taken_, 0)});
  }
  send_pending();
}

void Relay::read_output(int index) noexcept {
  const long size = ::read(outputs_[index], pending + sizeof(wire::FrameHeader), chunk);
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) {
    return;
  }
  if (size <= 0) {
    close_end(outputs_[index]);
    return;
  }
  const wire::FrameHeader header{static_cast<std::uint32_t>(size), output_types[index], 0};
  std::memcpy(pending, &header, sizeof header);
  pending_begin_ = 0;
  pending_end_ = sizeof header + static_cast<std::size_t>(size);
}

bool Relay::send_pending() noexcept {
  while (sending()) {
    const long written = ::write(out_, pending + pending_begin_, pending_end_ - pending_begin_);
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return errno == EAGAIN;
    }
    pending_begin_ += static_cast<std::size_t>(written);
  }
  return true;
}

bool Relay::finish() noexcept {
  for (int i = 0; i < 2; ++i) {
    for (;;) {
      if (sending() && !send_all(out_, pending + pending_begin_, pending_end_ - pending_begin_)) {
        return false;
      }
      pending_begin_ = pending_end_;
      if (outputs_[i] < 0) {
        break;
      }
      read_output(i);
      if (!sending()) {
        close_end(outputs_[i]); // no process has the other end
      }
    }
  }
  return true;
}

} // namespace sandbox::init
