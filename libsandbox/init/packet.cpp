// SPDX-License-Identifier: Apache-2.0
#include "packet.hpp"

#include "os/for_each_descriptor.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace sandbox::init {

void Descriptors::add(int fd) noexcept {
  if (count_ == wire::max_descriptors) {
    ::close(fd);
    return;
  }
  fds_[count_++] = fd;
}

void Descriptors::clear() noexcept {
  while (next_ < count_) {
    ::close(fds_[next_++]);
  }
  next_ = count_ = 0;
}

long receive(int socket, char* buffer, std::size_t capacity, Descriptors& descriptors) noexcept {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * wire::max_descriptors)];
  iovec part{buffer, capacity};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  long received = 0;
  do {
    received = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) {
    return received;
  }
  os::for_each_descriptor(message, [&descriptors](int descriptor) { descriptors.add(descriptor); });
  if ((message.msg_flags & (MSG_CTRUNC | MSG_TRUNC)) != 0) {
    errno = EMSGSIZE;
    return -1;
  }
  return received;
}

namespace {

bool writable(int stream) noexcept {
  pollfd event{stream, POLLOUT, 0};
  return ::poll(&event, 1, -1) > 0 || errno == EINTR;
}

} // namespace

bool send_all(int stream, const char* bytes, std::size_t size) noexcept {
  while (size > 0) {
    const long sent = ::write(stream, bytes, size); // SIGPIPE is nothing to a process 1
    if (sent < 0) {
      if (errno == EINTR || (errno == EAGAIN && writable(stream))) {
        continue;
      }
      return false;
    }
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

os::Fd receive_launch(int socket, wire::Launch& launch) noexcept {
  char bytes[256];
  Descriptors received;
  const long size = receive(socket, bytes, sizeof bytes, received);
  if (size <= 0 || bytes[0] != static_cast<char>(wire::Packet::launch) ||
      !wire::decode({bytes + 1, static_cast<std::size_t>(size) - 1}, launch)) {
    return {};
  }
  return os::Fd(received.take());
}

bool send_packet_bytes(int socket, const char* bytes, std::size_t size, int descriptor) noexcept {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))]{};
  iovec part{const_cast<char*>(bytes), size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) >= 0;
}

bool send_failure(int socket, const Outcome& outcome) noexcept {
  wire::Failed failed;
  failed.step = outcome.step;
  failed.subject = outcome.subject;
  failed.error = outcome.error;
  return send_packet(socket, wire::Packet::failed, failed);
}

} // namespace sandbox::init
