// SPDX-License-Identifier: Apache-2.0
#include "monitor/frame_streams.hpp"
#include "unit/docker/expect_error.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

using namespace sandbox;
using namespace sandbox::monitor;

namespace {

/// A stream that takes no descriptors, to a test that plays init.
class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(os::Fd socket) : inner_(std::move(socket)) {}
  int descriptor() const noexcept override { return inner_.descriptor(); }
  bool carries_descriptors() const noexcept override { return false; }
  int send(std::string_view bytes, std::span<const int>) override { return inner_.send(bytes, {}); }
  long receive(std::span<char> buffer, bool wait) override { return inner_.receive(buffer, wait); }
  void close() noexcept override { inner_.close(); }

 private:
  SocketTransport inner_;
};

/// What init has got of a program's input.
struct Got {
  std::string bytes;
  int ends{0};
};

class Stage {
 public:
  explicit Stage(const Input& input, std::uint64_t output_limit = 1 * MiB)
      : input_(input), gate_(sink_, output_limit),
        channel_(std::make_unique<PlainTransport>(pair())),
        streams_(make_streams(channel_, input_, gate_)) {}

  StageStreams& streams() { return *streams_; }
  const CapturedOutput& output() const { return sink_; }
  const OutputGate& gate() const { return gate_; }

  /// Reads what was sent since the last time.
  const Got& got() {
    char bytes[65536];
    ssize_t size = 0;
    while ((size = ::recv(init_.get(), bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
      raw_.append(bytes, static_cast<std::size_t>(size));
    }
    std::string_view rest = raw_;
    wire::Frame frame;
    while (wire::next_frame(rest, frame) == wire::Next::frame) {
      CHECK(frame.type == wire::FrameType::input);
      CHECK(got_.ends == 0);
      got_.bytes += frame.payload;
      got_.ends += frame.payload.empty() ? 1 : 0;
    }
    raw_.erase(0, raw_.size() - rest.size());
    CHECK(raw_.empty());
    return got_;
  }

  bool take(wire::InputTaken taken) {
    char bytes[sizeof taken];
    wire::Writer writer(bytes, sizeof bytes);
    taken.fields(writer);
    return streams_->take({wire::FrameType::input_taken, {bytes, writer.size()}});
  }
  bool take(wire::FrameType type, std::string_view payload = {}) {
    return streams_->take({type, payload});
  }

  /// Reads the source as long as that is asked for and possible.
  void pump() {
    for (;;) {
      pollfd events[StageStreams::max_events]{};
      const std::size_t count = streams_->list_events(events);
      if (::poll(events, count, 0) <= 0) {
        return;
      }
      streams_->handle(events);
    }
  }

 private:
  os::Fd pair() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    init_ = os::Fd(ends[0]);
    const int size = 1 << 20;
    ::setsockopt(ends[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return os::Fd(ends[1]);
  }

  Input input_;
  CapturedOutput sink_{16 * MiB};
  OutputGate gate_;
  os::Fd init_;
  std::string raw_;
  Got got_;
  Channel channel_;
  std::unique_ptr<StageStreams> streams_;
};

std::string some_bytes(std::size_t size) {
  std::string bytes(size, 0);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>(i * 31 + i / 251);
  }
  return bytes;
}

} // namespace

TEST_CASE("frame streams: without input there is its end, once") {
  Stage stage{NoInput{}};
  stage.streams().begin();
  CHECK(stage.got().ends == 1);
  stage.pump();
  CHECK(stage.got().bytes.empty());
}

TEST_CASE("frame streams: small input goes at once, with its end") {
  Stage stage{BytesInput{"hello"}};
  stage.streams().begin();
  CHECK(stage.got().bytes == "hello");
  CHECK(stage.got().ends == 1);
}

TEST_CASE("frame streams: no more is sent than init has room for") {
  const std::string bytes = some_bytes(3 * wire::input_window + 17);
  Stage stage{BytesInput{bytes}};
  stage.streams().begin();
  std::size_t taken = 0;
  for (const std::uint32_t step : {1U, 1000U, 65536U, 0U, 66535U, 128U << 10, 128U << 10}) {
    CHECK(stage.got().bytes.size() - taken == wire::input_window);
    CHECK(stage.got().ends == 0);
    if (taken + step + wire::input_window > bytes.size()) {
      break;
    }
    taken += step;
    CHECK(stage.take({step}));
  }
  while (stage.got().ends == 0) {
    const std::size_t there = stage.got().bytes.size() - taken;
    REQUIRE(there > 0);
    taken += there;
    REQUIRE(stage.take({static_cast<std::uint32_t>(there)}));
  }
  CHECK(stage.got().bytes == bytes);
  CHECK(stage.got().ends == 1);
}

TEST_CASE("frame streams: a descriptor is read no further than init has room for") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
  const os::Fd reader(ends[0]);
  os::Fd writer(ends[1]);
  Stage stage{DescriptorInput{reader.get()}};
  stage.streams().begin();
  const std::string bytes = some_bytes(1 << 20);
  std::size_t written = 0;
  std::size_t taken = 0;
  while (stage.got().ends == 0) {
    const ssize_t size = ::write(writer.get(), bytes.data() + written, bytes.size() - written);
    written += static_cast<std::size_t>(std::max<ssize_t>(size, 0));
    if (written == bytes.size()) {
      writer.close();
    }
    stage.pump();
    const std::size_t there = stage.got().bytes.size() - taken;
    CHECK(there <= wire::input_window);
    taken += there;
    REQUIRE(stage.take({static_cast<std::uint32_t>(there)}));
  }
  CHECK(stage.got().bytes == bytes);
  CHECK(stage.got().ends == 1);
}

TEST_CASE("frame streams: what the program does not read stops the input") {
  Stage stage{BytesInput{some_bytes(3 * wire::input_window)}};
  stage.streams().begin();
  const std::size_t sent = stage.got().bytes.size();
  CHECK(stage.take(wire::FrameType::input_closed));
  CHECK(stage.take({1000}));
  CHECK(stage.got().bytes.size() == sent);
  CHECK(stage.got().ends == 0);
}

TEST_CASE("frame streams: a descriptor is left alone once the program reads no more") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
  const os::Fd reader(ends[0]);
  const os::Fd writer(ends[1]);
  Stage stage{DescriptorInput{reader.get()}};
  stage.streams().begin();
  CHECK(stage.take(wire::FrameType::input_closed));
  REQUIRE(::write(writer.get(), "x", 1) == 1);
  pollfd events[StageStreams::max_events]{};
  REQUIRE(stage.streams().list_events(events) == 1);
  CHECK(events[0].fd == -1);
}

TEST_CASE("frame streams: room that init never had is a protocol error") {
  Stage stage{BytesInput{"hello"}};
  stage.streams().begin();
  CHECK(stage.take({5}));
  docker::test::expect_error(ErrorCode::backend_lost, "not in the protocol",
                             [&] { stage.take({1}); });
  docker::test::expect_error(ErrorCode::backend_lost, "not in the protocol",
                             [&] { stage.take(wire::FrameType::input_taken, "xy"); });
}

TEST_CASE("frame streams: output goes to its stream within the limit, other frames elsewhere") {
  Stage stage{NoInput{}, 6};
  CHECK(stage.take(wire::FrameType::standard_output, "abc"));
  CHECK(stage.take(wire::FrameType::standard_error, "xyz"));
  CHECK_FALSE(stage.gate().over_limit());
  CHECK(stage.take(wire::FrameType::standard_output, "defg"));
  CHECK(stage.gate().over_limit());
  CHECK(stage.output().standard_output().bytes() == "abcdef");
  CHECK(stage.output().standard_error().bytes() == "xyz");
  for (const auto type : {wire::FrameType::ended, wire::FrameType::failed, wire::FrameType::input,
                          wire::FrameType::data, static_cast<wire::FrameType>(0)}) {
    CHECK_FALSE(stage.take(type, ""));
  }
}
