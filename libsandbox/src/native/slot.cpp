// SPDX-License-Identifier: Apache-2.0
#include "native/slot.hpp"

#include "native/packet.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace sandbox::native {
namespace {

constexpr int end_timeout_ms = 10'000;
/// System V shared memory, for one, is given back a while after the last process has ended.
constexpr std::chrono::milliseconds time_to_settle{100};

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

os::Fd Slot::launch(const wire::Launch& request) {
  auto [ours, theirs] = os::socket_pair(SOCK_STREAM);
  const int descriptors[] = {theirs.get()};
  send_packet(socket_.get(), wire::Packet::launch, request, descriptors);
  occupied_ = true;
  return std::move(ours);
}

Slot::State Slot::await_free(int timeout_ms) noexcept {
  if (occupied_ && os::wait_readable(socket_.get(), timeout_ms)) {
    try {
      receive_packet<wire::BoxGone>(socket_.get(), wire::Packet::box_gone, timeout_ms);
    } catch (const std::exception&) {
      kill();
      return State::spent;
    }
    occupied_ = false;
    gone_at_ = std::chrono::steady_clock::now();
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
