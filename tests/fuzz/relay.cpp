// SPDX-License-Identifier: Apache-2.0
//
// A program's streams through init: whatever program and supervisor do and in whatever order, bytes
// arrive as they were written and nothing waits for ever.
#include "relay.hpp"

#include "input.hpp"
#include "os/fd.hpp"

#include <fcntl.h>

#include <algorithm>
#include <csignal>
#include <memory>

namespace {

using namespace sandbox;
using fuzz::check;
using wire::FrameType;

constexpr std::size_t most_written = std::size_t{256} << 10; // what finish() finds room for

void check_prefix(const std::string& shorter, const std::string& longer) {
  check(shorter.size() <= longer.size() &&
        std::equal(shorter.begin(), shorter.end(), longer.begin()));
}

class Between {
 public:
  Between() {
    int ends[2];
    check(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    supervisor_ = os::Fd(ends[0]);
    to_supervisor_ = os::Fd(ends[1]);
    check(::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) > 0);
    relay_ = std::make_unique<init::Relay>(to_supervisor_.get());
    check(!relay_->open(ends_).failed());
    for (int i = 0; i < 3; ++i) {
      check(::fcntl(ends_[i], F_SETFL, O_NONBLOCK) == 0);
      program_[i] = os::Fd(ends_[i]);
    }
  }

  void play(fuzz::Input& input) {
    while (!input.at_end()) {
      const unsigned action = input.choose(10);
      const std::size_t size = (std::size_t{input.choose(256)} << (action % 2 == 0 ? 0 : 8)) + 1;
      act(action, size);
      read_frames();
    }
    for (os::Fd& end : program_) {
      end.close();
    }
    check(relay_->finish());
    read_frames();
    check(raw_.empty());
    check(out_ == wrote_[0] && err_ == wrote_[1]);
    check(taken_ <= sent_.size() && got_.size() <= sent_.size());
  }

 private:
  void act(unsigned action, std::size_t size) {
    switch (action) {
    case 0:
    case 1:
      send_input(size);
      break;
    case 2:
      if (!input_ended_) {
        check(relay_->take_input({}));
        input_ended_ = true;
      }
      break;
    case 3:
      read_input(size);
      break;
    case 4:
    case 5:
      write_output(action - 4, size);
      break;
    case 6:
      program_[size % 3].close();
      break;
    default:
      step();
    }
  }

  /// The supervisor keeps to what was agreed, or goes one byte beyond.
  void send_input(std::size_t size) {
    if (input_ended_) {
      return;
    }
    const std::size_t room = wire::input_window - (sent_.size() - taken_);
    const std::string bytes = text(sent_.size(), std::min(size, room));
    if (!bytes.empty() && !closed_) {
      check(relay_->take_input(bytes));
      sent_ += bytes;
    }
    check(!relay_->take_input(std::string(wire::input_window + 1, 'x')));
  }

  void read_input(std::size_t size) {
    std::string bytes(size, '\0');
    const ssize_t read = program_[0] ? ::read(program_[0].get(), bytes.data(), size) : 0;
    got_.append(bytes, 0, static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
    check_prefix(got_, sent_);
  }

  void write_output(unsigned index, std::size_t size) {
    const std::string bytes = text(wrote_[index].size(), size);
    const os::Fd& end = program_[index + 1];
    if (end && wrote_[index].size() + size <= most_written) {
      const ssize_t written = ::write(end.get(), bytes.data(), size);
      wrote_[index].append(bytes, 0, static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
  }

  void step() {
    pollfd events[init::Relay::event_count];
    relay_->list_events(events);
    if (::poll(events, init::Relay::event_count, 0) > 0) {
      check(relay_->handle(events));
    }
  }

  void read_frames() {
    char part[64 << 10];
    ssize_t size = 0;
    while ((size = ::read(supervisor_.get(), part, sizeof part)) > 0) {
      raw_.append(part, static_cast<std::size_t>(size));
    }
    std::string_view rest = raw_;
    wire::Frame frame;
    wire::Next next{};
    while ((next = wire::next_frame(rest, frame)) == wire::Next::frame) {
      take(frame);
    }
    check(next == wire::Next::incomplete);
    raw_.erase(0, raw_.size() - rest.size());
    check_prefix(out_, wrote_[0]);
    check_prefix(err_, wrote_[1]);
  }

  void take(const wire::Frame& frame) {
    if (frame.type == FrameType::standard_output) {
      out_ += frame.payload;
    } else if (frame.type == FrameType::standard_error) {
      err_ += frame.payload;
    } else if (frame.type == FrameType::input_taken) {
      wire::InputTaken taken;
      check(wire::decode(frame.payload, taken) && taken.bytes > 0);
      taken_ += taken.bytes;
      check(taken_ <= sent_.size());
    } else {
      check(frame.type == FrameType::input_closed && frame.payload.empty() && !closed_);
      closed_ = true;
    }
  }

  static std::string text(std::size_t from, std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<char>((from + i) * 31 + (from + i) / 251);
    }
    return bytes;
  }

  int ends_[3]{-1, -1, -1};
  os::Fd supervisor_;
  os::Fd to_supervisor_;
  std::unique_ptr<init::Relay> relay_;
  os::Fd program_[3];
  bool input_ended_{false};
  bool closed_{false};
  std::string sent_;
  std::size_t taken_{0};
  std::string got_;
  std::string wrote_[2];
  std::string raw_;
  std::string out_;
  std::string err_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ::signal(SIGPIPE, SIG_IGN); // as a process 1 does
  fuzz::Input input(data, size);
  const fuzz::DescriptorsKept kept;
  Between().play(input);
  return 0;
}
