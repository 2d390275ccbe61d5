// SPDX-License-Identifier: Apache-2.0
#include "native/packet.hpp"
#include "native/slot.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <vector>

using namespace sandbox;
using native::Slot;
using native::SlotNumber;
using native::SlotNumbers;

namespace {

/// What can be read of it is that the process has ended.
os::Fd process_that_has_ended() {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[1]);
  return os::Fd(ends[0]);
}

/// A slot whose other ends the test has.
struct Ends {
  os::Fd socket; // of the slot's process
  std::optional<Slot> slot;
  os::Fd init;

  Ends() {
    auto [ours, theirs] = os::socket_pair(SOCK_SEQPACKET);
    socket = std::move(theirs);
    slot.emplace(std::move(ours), process_that_has_ended(), nullptr,
                 SlotNumber(std::make_shared<SlotNumbers>(1)));
  }

  void take_init() {
    std::vector<os::Fd> descriptors;
    native::receive_packet_bytes(socket.get(), wire::Packet::launch, 0, &descriptors);
    REQUIRE(descriptors.size() == 1);
    init = std::move(descriptors.front());
  }

  void begin_and_end_box() {
    slot->end_box(slot->launch({}));
    take_init();
  }

  void say(std::string_view bytes) const { REQUIRE(os::send(init.get(), bytes, {}) == 0); }
};

std::string frame(wire::FrameType type) {
  const wire::FrameHeader header{0, type, 0};
  return {reinterpret_cast<const char*>(&header), sizeof header};
}

} // namespace

TEST_CASE("a slot is free when init says that the box is gone, and not before all of it") {
  Ends ends;
  ends.begin_and_end_box();
  CHECK(ends.slot->await_free(0) == Slot::State::occupied);
  const std::string gone = frame(wire::FrameType::box_gone);
  ends.say(gone.substr(0, 3));
  CHECK(ends.slot->await_free(0) == Slot::State::occupied);
  ends.say(gone.substr(3));
  CHECK(ends.slot->await_free(0) == Slot::State::free);
}

TEST_CASE("an init that says anything else first serves no other box") {
  Ends ends;
  ends.begin_and_end_box();
  ends.say(frame(wire::FrameType::done));
  ends.say(frame(wire::FrameType::box_gone));
  CHECK(ends.slot->await_free(0) == Slot::State::spent);
  CHECK(ends.slot->killed());
}

TEST_CASE("an init that ends between boxes is followed by another") {
  Ends ends;
  ends.begin_and_end_box();
  ends.say(frame(wire::FrameType::box_gone));
  REQUIRE(ends.slot->await_free(0) == Slot::State::free);
  ends.init.close();
  native::send_packet(ends.socket.get(), wire::Packet::box_gone, wire::BoxGone{});
  const auto channel = ends.slot->launch({});
  ends.take_init();
  channel->queue(wire::EndBox{});
  channel->flush();
  CHECK(os::wait_readable(ends.init.get(), 0));
}

TEST_CASE("a slot whose init ended is occupied until the slot says so too") {
  Ends ends;
  ends.begin_and_end_box();
  ends.init.close();
  CHECK(ends.slot->await_free(0) == Slot::State::occupied);
  native::send_packet(ends.socket.get(), wire::Packet::box_gone, wire::BoxGone{});
  CHECK(ends.slot->await_free(0) == Slot::State::free);
}
