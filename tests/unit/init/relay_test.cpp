// SPDX-License-Identifier: Apache-2.0
#include "os/fd.hpp"
#include "relay.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

using namespace sandbox;
using init::Relay;
using wire::FrameType;

namespace {

std::string read_some(int descriptor, std::size_t most = 1 << 20) {
  std::string bytes(most, 0);
  const ssize_t size = ::read(descriptor, bytes.data(), bytes.size());
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return bytes;
}

void no_wait(int descriptor) {
  REQUIRE(::fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0);
}

/// The relay between a program's three descriptors and a supervisor, all played by the test.
class Between {
 public:
  Between() {
    ::signal(SIGPIPE, SIG_IGN); // as a process 1 does
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    supervisor_ = os::Fd(ends[0]);
    to_supervisor_ = os::Fd(ends[1]);
    relay_ = std::make_unique<Relay>(to_supervisor_.get());
    int program[3];
    REQUIRE_FALSE(relay_->open(program).failed());
    in = os::Fd(program[0]);
    out = os::Fd(program[1]);
    err = os::Fd(program[2]);
    for (const os::Fd* end : {&in, &out, &err}) {
      no_wait(end->get());
    }
  }

  Relay& relay() { return *relay_; }
  int supervisor() const { return supervisor_.get(); }
  void drop_supervisor() { supervisor_.close(); }

  /// Whether the relay has something to do; does it once.
  bool step(bool* alive = nullptr) {
    pollfd events[Relay::event_count];
    relay_->list_events(events);
    if (::poll(events, Relay::event_count, 0) <= 0) {
      return false;
    }
    const bool result = relay_->handle(events);
    if (alive != nullptr) {
      *alive = result;
    } else {
      CHECK(result);
    }
    return true;
  }

  /// All that the relay can do by itself, the supervisor reading nothing.
  void settle() {
    for (int i = 0; i < 1000; ++i) {
      if (!step()) {
        return;
      }
    }
    FAIL("the relay never comes to rest");
  }

  bool read_frames() {
    const std::size_t before = raw_.size();
    std::string bytes;
    while (!(bytes = read_some(supervisor_.get())).empty()) {
      raw_ += bytes;
    }
    const bool some = raw_.size() > before;
    std::string_view rest = raw_;
    wire::Frame frame;
    while (wire::next_frame(rest, frame) == wire::Next::frame) {
      take(frame);
    }
    raw_.erase(0, raw_.size() - rest.size());
    return some;
  }

  /// Both sides until there is no more.
  void run() {
    for (int i = 0; i < 10'000; ++i) {
      const bool moved = step();
      if (!read_frames() && !moved) {
        break;
      }
    }
    CHECK(raw_.empty());
  }

  os::Fd in;
  os::Fd out;
  os::Fd err;
  std::string standard_output;
  std::string standard_error;
  std::size_t taken{0};
  int closed{0};

 private:
  void take(const wire::Frame& frame) {
    switch (frame.type) {
    case FrameType::standard_output:
      standard_output += frame.payload;
      return;
    case FrameType::standard_error:
      standard_error += frame.payload;
      return;
    case FrameType::input_taken: {
      wire::InputTaken message;
      REQUIRE(wire::decode(frame.payload, message));
      taken += message.bytes;
      return;
    }
    case FrameType::input_closed:
      ++closed;
      return;
    default:
      FAIL("a frame that is no stream's");
    }
  }

  os::Fd supervisor_;
  os::Fd to_supervisor_;
  std::unique_ptr<Relay> relay_;
  std::string raw_;
};

std::string some_bytes(std::size_t size) {
  std::string bytes(size, 0);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>(i * 17 + i / 253);
  }
  return bytes;
}

long write_to(const os::Fd& descriptor, std::string_view bytes) {
  return ::write(descriptor.get(), bytes.data(), bytes.size());
}

} // namespace

TEST_CASE("relay: input reaches the program, and the supervisor hears how much") {
  Between between;
  CHECK(between.relay().take_input("hello"));
  between.run();
  CHECK(read_some(between.in.get()) == "hello");
  CHECK(between.taken == 5);
  CHECK(between.closed == 0);
}

TEST_CASE("relay: the end of input comes behind the input") {
  Between between;
  const std::string bytes = some_bytes(wire::input_window);
  CHECK(between.relay().take_input(bytes));
  CHECK(between.relay().take_input({}));
  std::string got;
  for (int i = 0; i < 1000 && got.size() < bytes.size(); ++i) {
    got += read_some(between.in.get(), 5000);
    between.run();
  }
  CHECK(got == bytes);
  CHECK(between.taken == bytes.size());
  char byte = 0;
  CHECK(::read(between.in.get(), &byte, 1) == 0);
  between.settle();
}

TEST_CASE("relay: a whole window of input fits, a byte more is refused") {
  Between between;
  const std::string bytes = some_bytes(wire::input_window);
  CHECK(between.relay().take_input(bytes));
  between.run();
  const std::size_t in_pipe = between.taken;
  CHECK(in_pipe > 0);
  CHECK(in_pipe < bytes.size());
  CHECK(between.relay().take_input(std::string_view(bytes).substr(0, in_pipe)));
  CHECK_FALSE(between.relay().take_input("x"));
}

TEST_CASE("relay: a program that closes its stdin is told of once, and does not keep init awake") {
  Between between;
  between.in.close();
  between.run();
  CHECK(between.closed == 1);
  CHECK(between.relay().take_input("late"));
  CHECK(between.relay().take_input({}));
  between.settle();
  between.run();
  CHECK(between.closed == 1);
  CHECK(between.taken == 0);
}

TEST_CASE("relay: a program that closes its stdin with input waiting is told of") {
  Between between;
  CHECK(between.relay().take_input(some_bytes(wire::input_window)));
  between.in.close();
  between.run();
  CHECK(between.closed == 1);
  between.settle();
}

TEST_CASE("relay: both streams of output arrive apart and complete") {
  Between between;
  const std::string bytes = some_bytes(1 << 20);
  std::size_t to_out = 0;
  std::size_t to_err = 0;
  while (to_out < bytes.size() || to_err < bytes.size()) {
    to_out += static_cast<std::size_t>(
        std::max(0L, write_to(between.out, std::string_view(bytes).substr(to_out, 9000))));
    to_err += static_cast<std::size_t>(
        std::max(0L, write_to(between.err, std::string_view(bytes).substr(to_err, 7000))));
    between.run();
  }
  CHECK(between.standard_output == bytes);
  CHECK(between.standard_error == bytes);
}

TEST_CASE("relay: output that has ended is polled for no more") {
  Between between;
  write_to(between.out, "last");
  between.out.close();
  between.err.close();
  between.run();
  CHECK(between.standard_output == "last");
  between.settle();
}

TEST_CASE("relay: a supervisor that does not read holds up nobody") {
  Between between;
  CHECK(between.relay().take_input("hello"));
  for (;;) {
    const long written = write_to(between.out, std::string(4096, 'x'));
    const bool moved = between.step();
    if (written < 0 && !moved) {
      break;
    }
  }
  // Full to the program: the relay rests, and input still passes.
  between.settle();
  CHECK(read_some(between.in.get()) == "hello");
  CHECK(between.relay().take_input("more"));
  CHECK(read_some(between.in.get()) == "more");
  between.settle();
  between.run();
  CHECK(between.taken == 9);
  CHECK(between.standard_output == std::string(between.standard_output.size(), 'x'));
  CHECK(between.standard_output.size() > 64 << 10);
}

TEST_CASE("relay: what is left in the pipes at the end is passed on, waiting for the supervisor") {
  Between between;
  const std::string bytes = some_bytes(1 << 20);
  const std::size_t to_out = static_cast<std::size_t>(write_to(between.out, bytes));
  const std::size_t to_err = static_cast<std::size_t>(write_to(between.err, bytes));
  // Half a frame is under way already.
  ::fcntl(between.supervisor(), F_SETPIPE_SZ, 4096);
  between.step();
  bool finished = false;
  std::thread init([&] { finished = between.relay().finish(); });
  for (int i = 0; i < 10'000 &&
                  between.standard_output.size() + between.standard_error.size() < to_out + to_err;
       ++i) {
    between.read_frames();
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  init.join();
  between.run();
  CHECK(finished);
  CHECK(between.standard_output == bytes.substr(0, to_out));
  CHECK(between.standard_error == bytes.substr(0, to_err));
}

TEST_CASE("relay: a process that outlives the stage cannot hold up its end") {
  Between between; // which keeps the program's ends open
  write_to(between.out, "out");
  CHECK(between.relay().finish());
  between.run();
  CHECK(between.standard_output == "out");
}

TEST_CASE("relay: a supervisor that is gone is noticed") {
  Between between;
  between.drop_supervisor();
  write_to(between.out, "x");
  bool alive = true;
  between.step(&alive);
  CHECK_FALSE(alive);
  CHECK_FALSE(between.relay().finish());
}
