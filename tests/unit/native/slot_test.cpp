// SPDX-License-Identifier: Apache-2.0
#include "native/packet.hpp"
#include "native/slot.hpp"

#include <catch2/catch.hpp>

#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
// AddressSanitizer's own allocator; Debian's gcc comes without the header that says so.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

using namespace sandbox;
using native::Slot;
using native::SlotNumber;
using native::SlotNumbers;

namespace {

std::string frame(wire::FrameType type) {
  const wire::FrameHeader header{0, type, 0};
  return {reinterpret_cast<const char*>(&header), sizeof header};
}

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

  /// What has been sent to init.
  std::string heard() const {
    char bytes[1024];
    const long size = os::receive(init.get(), bytes, false);
    return size > 0 ? std::string(bytes, static_cast<std::size_t>(size)) : std::string();
  }

  void say(std::string_view bytes) const { REQUIRE(os::send(init.get(), bytes, {}) == 0); }
};

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

namespace {

/// A slot whose init has served a box and waits for another.
struct IdleEnds : Ends {
  IdleEnds() {
    begin_and_end_box();
    CHECK(heard() == frame(wire::FrameType::end_box));
    say(frame(wire::FrameType::box_gone));
    REQUIRE(slot->await_free(0) == Slot::State::free);
  }
};

std::size_t allocated() {
#ifdef __SANITIZE_ADDRESS__
  return ::__sanitizer_get_current_allocated_bytes();
#else
  const auto all = ::mallinfo2();
  return all.uordblks + all.hblkhd;
#endif
}

} // namespace

TEST_CASE("what a box was to hold and no program asked for is not sent when it is closed") {
  Ends ends;
  auto channel = ends.slot->launch({});
  ends.take_init();
  channel->queue(wire::PutFile{});
  ends.slot->end_box(std::move(channel));
  CHECK(ends.heard() == frame(wire::FrameType::end_box));
}

TEST_CASE("of a box that is closed before it was asked for anything a used init hears nothing") {
  IdleEnds ends;
  auto channel = ends.slot->launch({});
  channel->queue(wire::PutFile{});
  ends.slot->end_box(std::move(channel));
  CHECK(ends.heard().empty());
  REQUIRE(ends.slot->await_free(0) == Slot::State::free);
  channel = ends.slot->launch({});
  channel->queue(wire::Reset{});
  channel->flush();
  const std::string heard = ends.heard();
  CHECK(heard.substr(heard.size() - sizeof(wire::FrameHeader)) == frame(wire::FrameType::reset));
  CHECK(heard.find(frame(wire::FrameType::end_box)) == std::string::npos);
}

TEST_CASE("an init that ended before a box that was never begun is followed by another") {
  IdleEnds ends;
  ends.slot->end_box(ends.slot->launch({}));
  ends.init.close();
  native::send_packet(ends.socket.get(), wire::Packet::box_gone, wire::BoxGone{});
  const auto channel = ends.slot->launch({});
  ends.take_init();
  CHECK(ends.heard().empty());
}

TEST_CASE("a slot that waits keeps no memory of large messages") {
  Ends ends;
  const std::size_t before = allocated();
  auto channel = ends.slot->launch({});
  ends.take_init();
  const std::string large(wire::max_payload, 'x');
  // Catch may not be asked in here.
  std::thread init([&] {
    for (std::size_t left = large.size() / 2; left > 0;) {
      const std::string heard = os::wait_readable(ends.init.get(), 10'000) ? ends.heard() : "";
      if (heard.empty()) {
        return ends.init.close();
      }
      left -= std::min(left, heard.size());
    }
    const wire::FrameHeader header{wire::max_payload, wire::FrameType::data, 0};
    os::send(ends.init.get(), {reinterpret_cast<const char*>(&header), sizeof header});
    os::send(ends.init.get(), large);
  });
  channel->queue_input(large.substr(0, large.size() / 2));
  channel->flush();
  CHECK(channel->receive().payload.size() == large.size());
  init.join();
  CHECK(allocated() > before + large.size() + large.size() * 3 / 2);
  ends.slot->end_box(std::move(channel));
  CHECK(allocated() < before + large.size() + large.size() / 4);
}
