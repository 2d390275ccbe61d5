// SPDX-License-Identifier: Apache-2.0
#include "native/slot.hpp"

#include "native/packet.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <optional>

namespace sandbox::native {
namespace {

constexpr int end_timeout_ms = 10'000;
/// System V shared memory, for one, is given back a while after the last process has ended.
constexpr std::chrono::milliseconds time_to_settle{100};

/// Nothing while a frame is not whole: who asks may hold the pool's lock. False when the stream has
/// ended.
bool try_receive(monitor::Channel& channel, std::optional<wire::Frame>& frame) {
  try {
    frame = channel.try_receive();
    return true;
  } catch (const Error&) {
    return false;
  }
}

} // namespace

Slot::Slot(os::Fd socket, os::Fd process, std::unique_ptr<SlotGroup> group,
           SlotNumber number) noexcept
    : number_(std::move(number)), group_(std::move(group)), socket_(std::move(socket)),
      process_(std::move(process)) {}

Slot::~Slot() {
  if (!made_here_) {
    return;
  }
  if (occupied_) {
    kill();
  }
  os::end_connection(socket_);
  if (!os::wait_readable(process_.get(), end_timeout_ms)) {
    kill();
    os::wait_readable(process_.get(), end_timeout_ms);
  }
}

void Slot::await_ready(int timeout_ms) {
  landlock_abi_ =
      receive_packet<wire::Accepted>(socket_.get(), wire::Packet::accepted, timeout_ms).landlock;
  if (group_ != nullptr) {
    group_->joined();
  }
}

std::unique_ptr<monitor::Channel> Slot::launch(const wire::Launch& request) {
  occupied_ = true;
  if (channel_ != nullptr) {
    if (!os::wait_readable(channel_->descriptor(), 0)) {
      channel_->queue(request); // goes with what the box is asked for first
      return std::move(channel_);
    }
    // Init has nothing to say: it is gone, which the slot will have noticed.
    const State state = await_free(end_timeout_ms);
    if (state == State::occupied || state == State::spent) {
      throw Error(ErrorCode::backend_lost, "slot", "is gone");
    }
    occupied_ = true;
  }
  auto [ours, theirs] = os::socket_pair(SOCK_STREAM);
  const int descriptors[] = {theirs.get()};
  send_packet(socket_.get(), wire::Packet::launch, request, descriptors);
  return std::make_unique<monitor::Channel>(
      std::make_unique<monitor::SocketTransport>(std::move(ours)));
}

void Slot::end_box(std::unique_ptr<monitor::Channel> channel) noexcept {
  if (!made_here_ || killed_) {
    channel->close();
    return;
  }
  // Files that no program was to see are not sent. Where that is all there was of the box, init has
  // heard nothing of it and waits for the next one still.
  const bool has_begun = channel->drop_queued() != wire::FrameType::launch;
  try {
    if (has_begun) {
      channel->queue(wire::EndBox{});
      channel->flush();
    }
    channel->give_back_memory();
    occupied_ = has_begun;
    channel_ = std::move(channel);
  } catch (const std::exception&) {
    channel->close();
  }
}

/// Init says so, and serves the next box; or it has ended, and its slot says so.
bool Slot::box_is_gone(int timeout_ms) {
  if (channel_ != nullptr) {
    if (!os::wait_readable(channel_->descriptor(), timeout_ms)) {
      return false;
    }
    std::optional<wire::Frame> frame;
    if (try_receive(*channel_, frame)) {
      if (frame) {
        monitor::expect<wire::BoxGone>(*frame);
      }
      return frame.has_value();
    }
    channel_.reset();
  }
  if (!os::wait_readable(socket_.get(), timeout_ms)) {
    return false;
  }
  receive_packet<wire::BoxGone>(socket_.get(), wire::Packet::box_gone, timeout_ms);
  return true;
}

Slot::State Slot::await_free(int timeout_ms) noexcept {
  try {
    if (occupied_ && box_is_gone(timeout_ms)) {
      occupied_ = false;
      gone_at_ = std::chrono::steady_clock::now();
    }
  } catch (const std::exception&) {
    kill();
    return State::spent;
  }
  if (occupied_) {
    return State::occupied;
  }
  if (group_ == nullptr || group_->is_clean()) {
    return State::free;
  }
  return std::chrono::steady_clock::now() - gone_at_ < time_to_settle ? State::settling
                                                                      : State::spent;
}

void Slot::kill() noexcept {
  if (group_ != nullptr) {
    group_->lift_cpu_limit(); // to end takes CPU time
  }
  killed_ = true;
  ::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
}

} // namespace sandbox::native
