// SPDX-License-Identifier: Apache-2.0
#include "os/socket.hpp"

#include "os/for_each_descriptor.hpp"
#include "os/max_descriptors.hpp"
#include "os/system_error.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace sandbox::os {
namespace {

/// How long the other side may leave what was sent to it unread.
constexpr int send_timeout_ms = 30'000;

/// A signal handler of the application's may run while it waits, but does not prolong it.
bool wait_for(int fd, short events, int timeout_ms) noexcept {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + std::chrono::milliseconds{timeout_ms};
  pollfd event{fd, events, 0};
  int ready = ::poll(&event, 1, timeout_ms);
  while (ready < 0 && errno == EINTR) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    ready = ::poll(&event, 1, static_cast<int>(std::max<long>(left, 0)));
  }
  return ready > 0;
}

} // namespace

std::pair<Fd, Fd> socket_pair(int type) {
  int ends[2];
  check(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends), "socketpair");
  return {Fd(ends[0]), Fd(ends[1])};
}

int send(int socket, std::string_view bytes, std::span<const int> descriptors) noexcept {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * max_descriptors)]{};
  if (descriptors.size() > max_descriptors) {
    return EINVAL;
  }
  while (!bytes.empty()) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!descriptors.empty()) {
      message.msg_control = control;
      message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
      cmsghdr* header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
      std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
    }
    const ssize_t sent = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (errno == EINTR) {
        continue;
      }
      if (errno != EAGAIN) {
        return errno;
      }
      if (!wait_for(socket, POLLOUT, send_timeout_ms)) {
        return ETIMEDOUT;
      }
      continue;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
    descriptors = {};
  }
  return 0;
}

long receive(int socket, std::span<char> buffer, bool wait, std::vector<Fd>* descriptors) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * max_descriptors)];
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t received = 0;
  do {
    received = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
  } while (received < 0 && errno == EINTR);
  if (received < 0) {
    return -errno;
  }
  for_each_descriptor(message, [descriptors](int raw) {
    Fd descriptor(raw);
    if (descriptors != nullptr) {
      descriptors->push_back(std::move(descriptor));
    }
  });
  return received;
}

void end_connection(Fd& socket) noexcept {
  if (socket) {
    ::shutdown(socket.get(), SHUT_RDWR);
  }
  socket.close();
}

bool wait_readable(int fd, int timeout_ms) noexcept {
  return wait_for(fd, POLLIN, timeout_ms);
}

} // namespace sandbox::os
