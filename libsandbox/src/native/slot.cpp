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

} // namespace

Slot::Slot(os::Fd socket, os::Fd process, std::unique_ptr<SlotGroup> group,
           unsigned number) noexcept
    : socket_(std::move(socket)), process_(std::move(process)), group_(std::move(group)),
      number_(number) {}

Slot::~Slot() {
  if (occupied_) {
    kill();
  }
  socket_.close();
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

bool Slot::await_free(int timeout_ms) {
  if (occupied_ && os::wait_readable(socket_.get(), timeout_ms)) {
    receive_packet<wire::BoxGone>(socket_.get(), wire::Packet::box_gone, timeout_ms);
    occupied_ = false;
  }
  return !occupied_;
}

void Slot::kill() noexcept {
  killed_ = true;
  ::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
}

} // namespace sandbox::native
