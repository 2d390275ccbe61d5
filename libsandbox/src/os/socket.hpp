// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "os/fd.hpp"

#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace sandbox::os {

/// Two connected unix sockets of `type` (SOCK_STREAM or SOCK_SEQPACKET), close-on-exec.
std::pair<Fd, Fd> socket_pair(int type);

/// Sends all of `bytes`, the descriptors with the first of them. Returns 0, or the errno that
/// stopped it; never raises SIGPIPE.
int send(int socket, std::string_view bytes, std::span<const int> descriptors = {}) noexcept;

/// Reads what there is into `buffer`; descriptors that come along are closed unless `descriptors`
/// takes them. Returns the size, 0 at the end, or -errno (-EAGAIN when `wait` is false and there is
/// nothing).
long receive(int socket, std::span<char> buffer, bool wait, std::vector<Fd>* descriptors = nullptr);

/// Closes it, and the other side hears of it even while a child that the application forked keeps a
/// copy.
void end_connection(Fd& socket) noexcept;

/// Waits until `fd` is readable or closed; false after `timeout_ms`.
bool wait_readable(int fd, int timeout_ms) noexcept;

} // namespace sandbox::os
