// SPDX-License-Identifier: Apache-2.0
#include "monitor/box_session.hpp"
#include "os/socket.hpp"
#include "unit/docker/expect_error.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>

#include <string>

using namespace sandbox;
using namespace sandbox::monitor;

namespace {

template <class Message>
std::string frame(Message message) {
  wire::Writer measure;
  message.fields(measure);
  const wire::FrameHeader header{static_cast<std::uint32_t>(measure.size()), Message::type, 0};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.resize(sizeof header + measure.size());
  wire::Writer writer(bytes.data() + sizeof header, measure.size());
  message.fields(writer);
  return bytes;
}

wire::Entry entry(std::string_view path) {
  wire::Entry made;
  made.path = path;
  return made;
}

/// A box whose init says what it is given and goes.
class TalkingBox final : public Box {
 public:
  explicit TalkingBox(const std::string& words) {
    auto [ours, inits] = os::socket_pair(SOCK_STREAM);
    REQUIRE(os::send(inits.get(), words, {}) == 0);
    ::shutdown(inits.get(), SHUT_WR);
    init_ = std::move(inits);
    channel_ = std::make_unique<Channel>(std::make_unique<SocketTransport>(std::move(ours)));
  }
  Channel& channel() noexcept override { return *channel_; }
  std::string_view backend() const noexcept override { return "talk"; }
  const std::vector<Guarantee>& guarantees() const noexcept override { return guarantees_; }
  StageSetup prepare(const Limits&) override { return {}; }
  std::optional<std::uint64_t> out_of_memory_kills() noexcept override { return {}; }
  std::optional<bool> memory_limit_reached() noexcept override { return {}; }
  void lift_cpu_limit() noexcept override {}
  void make_room_for_init() override {}
  std::string root_identity() override { return "a root"; }
  void kill() noexcept override {}

 private:
  os::Fd init_;
  std::unique_ptr<Channel> channel_;
  std::vector<Guarantee> guarantees_;
};

std::vector<BoxEntry> list(const std::string& words) {
  return BoxSession(std::make_unique<TalkingBox>(words)).list_files(10);
}

} // namespace

TEST_CASE("box session: a list holds what a program may call its files") {
  const auto entries =
      list(frame(entry("a")) + frame(entry("b/\n\xff ..")) + frame(wire::EndOfList{}));
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].path == "a");
  CHECK(entries[1].path == "b/\n\xff ..");
}

TEST_CASE("box session: a path that leads out of the box is nothing that init lists") {
  const std::string longest(4096, 'a');
  for (const std::string& path : {std::string(), std::string("/etc/passwd"), std::string("../x"),
                                  std::string("a/../../x"), std::string("a//b"), longest}) {
    INFO(path);
    docker::test::expect_error(ErrorCode::backend_lost, "not in the protocol",
                               [&] { list(frame(entry(path)) + frame(wire::EndOfList{})); });
  }
}
